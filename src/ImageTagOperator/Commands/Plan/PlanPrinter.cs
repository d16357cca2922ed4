using ImageTagOperator.Commands.Output;

namespace ImageTagOperator.Commands.Plan;

/// <summary>Prints a report for people. A line about a change starts with its sign, so that a code block of type <c>diff</c> colours it
/// too.</summary>
internal static class PlanPrinter
{
    /// <param name="done">True to report what was done, false for what would be done.</param>
    public static void Print(PlanReport report, Terminal terminal, bool done)
    {
        foreach (var set in report.Sets) Print(set, terminal, done);
        if (!done && report.Sets.Any(set => !set.ManagedTagsKnown && !set.Held && NeedsStatus(set)))
        {
            terminal.Line(
                "Without a status it is not known which tags these sets put on images before. What an Additive set declares no more,",
                Tone.Faint);
            terminal.Line("and what stays on images that a selector moves on from, is left out. To know it: --from-cluster.", Tone.Faint);
            terminal.Line();
        }

        if (report.Sets.Any(set => !set.AgeKnown && set.Images.Any(image => image.Reason == Planning.Conditions.Reason.Conflict.Name)))
        {
            terminal.Line("Of sets that are not in the cluster yet, the first by name counts as the older one.", Tone.Faint);
            terminal.Line();
        }

        var (summary, verbs) = (report.Summary, done ? ("added", "removed") : ("to add", "to remove"));
        var isChange = summary.Add + summary.Remove > 0;
        var what = $"{Words.Count(summary.Add, "tag")} {verbs.Item1}, {Words.Count(summary.Remove, "tag")} {verbs.Item2}"
            + (isChange ? $", on {Words.Count(summary.Images, "image")}." : ".");
        if (summary.Problems > 0)
        {
            var have = summary.Problems == 1 ? "has" : "have";
            terminal.Line(
                ($"{summary.Problems} of {Words.Count(summary.Sets, "set")} {have} a problem. ", Tone.Problem), (what, Tone.Strong));
            return;
        }

        if (!isChange) what = done ? "Nothing was changed." : "Nothing to do.";
        terminal.Line(($"{what} ", isChange ? Tone.Strong : Tone.Good), ($"{Words.Count(summary.Sets, "set")}.", Tone.Plain));
    }

    /// <summary>Whether the plan could be different with a status.</summary>
    private static bool NeedsStatus(PlannedSet set) => set.Policy == nameof(Planning.Specs.TagPolicy.Additive) || set.HasSelector;

    private static void Print(PlannedSet set, Terminal terminal, bool done)
    {
        var inOrder = set.Images.Where(image => image.Add.Count + image.Remove.Count == 0 && image.Reason is null).ToArray();
        var others = set.Images.Except(inOrder).ToArray();
        var rest = inOrder.Length == 0 ? "" : $": {Words.Count(inOrder.Length, "image")} {(done ? "unchanged" : "in order")}";
        terminal.Line((set.FullName, Tone.Strong), ($" ({set.File}, document {set.Document}) on cloud {set.Cloud}{rest}", Tone.Faint));
        if (set.Reason is not null) terminal.Line(($"! {set.Reason}: ", Tone.Problem), (set.Message ?? "", Tone.Plain));
        foreach (var image in others)
        {
            terminal.Line(("  image ", Tone.Plain), (image.Name is { } name ? $"{name} " : "", Tone.Strong),
                (image.Name is null ? image.Id : $"({image.Id})", Tone.Faint));
            // Changes that will not be made are indented, so that they are not lines of a diff.
            var isHeld = set.Held || image.Held;
            foreach (var tag in image.Add) terminal.Line($"{(isHeld ? "      + " : "+     ")}{tag}", isHeld ? Tone.Faint : Tone.Added);
            foreach (var tag in image.Remove) terminal.Line($"{(isHeld ? "      - " : "-     ")}{tag}", isHeld ? Tone.Faint : Tone.Removed);
            if (image.Reason is not null) terminal.Line(($"! {image.Reason}: ", Tone.Problem), (image.Message ?? "", Tone.Plain));
        }

        terminal.Line();
    }
}
