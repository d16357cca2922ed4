using ImageTagOperator.Commands.Manifests;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Commands.Plan;

/// <summary>Builds a report from the results of reconciles. Pure.</summary>
internal static class PlanReporter
{
    /// <param name="done">True to report what was done, false for what would be done.</param>
    public static PlanReport Report(
        IReadOnlyCollection<Manifest> manifests, IReadOnlyDictionary<NamespacedName, SetResult> outcomes, bool done)
    {
        var places = manifests.ToDictionary(manifest => manifest.Set!.Key().ToString(), manifest => manifest.Place);
        PlannedSet[] sets = [.. manifests.Select(manifest => Set(manifest, outcomes[manifest.Set!.Key()], places, done))];
        PlannedImage[] changed = [.. sets.Where(set => !set.Held || done).SelectMany(set => set.Images)
            .Where(image => (!image.Held || done) && image.Add.Count + image.Remove.Count > 0)];
        return new PlanReport(
            new PlanSummary(sets.Length, changed.Sum(image => image.Add.Count), changed.Sum(image => image.Remove.Count),
                changed.DistinctBy(image => image.Id).Count(), sets.Count(set => set.HasProblem)),
            sets);
    }

    private static PlannedSet Set(
        Manifest manifest, SetResult outcome, IReadOnlyDictionary<string, string> places, bool done)
    {
        var set = manifest.Set!;
        var (held, reason, message) = outcome switch
        {
            { IsSuspended: true } => (true, nameof(Verdict.Suspended), "spec.suspend is true: its images are neither read nor changed."),
            { Problem: { } problem } => (true, problem.Reason.Name, problem.Message),
            _ when set.Spec.Mode == TagSetMode.Observe => (true, CommandReason.Observe, "spec.mode is Observe: nothing is written."),
            _ => (false, null, (string?)null),
        };
        // Sort the images, because a cloud lists them in any order and a comment on a pull request should only change with the plan.
        PlannedImage[] images =
        [
            .. outcome.All.Select(image => Image(image, places, done))
                .Concat((outcome.Plan?.Unreached ?? []).Concat(outcome.Plan?.Observed.Left.Kept ?? []).Select(Unreached))
                .OrderBy(image => image.Name, StringComparer.Ordinal).ThenBy(image => image.Id, StringComparer.Ordinal),
        ];
        var cloud = outcome.All.FirstOrDefault()?.Observed.By.Session.Cloud.Name ?? set.Spec.CloudCredentialsRef.CloudName;
        return new PlannedSet(
            set.Metadata.NamespaceProperty, set.Metadata.Name!, manifest.File, manifest.Document.Number, cloud, set.Spec.Policy.ToString(),
                set.Status.Images is not null, held, reason, message, images)
        {
            AgeKnown = set.Metadata.CreationTimestamp is not null,
            HasSelector = set.Spec.Image.Selector is not null,
            HasProblem = outcome.Worst is { Reason.Kind: not ProblemKind.Waiting } || images.Any(image => image.HasProblem),
        };
    }

    private static PlannedImage Image(ImageResult result, IReadOnlyDictionary<string, string> places, bool done)
    {
        var (add, remove) = done ? (result.Added, result.Removed) : (result.Plan.Adds, result.Plan.Removes);
        // A tag that cannot be written does not block the others.
        var refusal = ImageProblems.RefusalOf(result.Observed, result.Image, result.Plan);
        var problem = result.Problem ?? refusal ?? (result.Plan.IsEmpty ? null : ImageProblems.WhyNotActive(result.Observed, result.Image));
        var message = problem?.Message;
        if (problem?.Reason == Reason.Conflict && result.Share.Winner is { Owner: var winner } && places.TryGetValue(winner, out var place))
        {
            message += $" {winner} is in {place}.";
        }

        return new PlannedImage(
            result.Image.Id,
            string.IsNullOrEmpty(result.Image.Name) ? null : result.Image.Name,
            [.. add],
            [.. remove],
            !done && problem is not null && problem != refusal,
            problem?.Reason.Name,
            message) { HasProblem = problem is { Reason.Kind: ProblemKind.Stalled } };
    }

    private static PlannedImage Unreached(ImageState image) => new(image.Id, image.Name, [], [], true, image.Reason, image.Message);
}
