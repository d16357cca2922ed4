using System.Globalization;
using ImageTagOperator.Commands.Output;

namespace ImageTagOperator.Commands.Status;

/// <summary>Prints the sets of a cluster as a table: a line for each set, then one for each image with something to report.</summary>
internal static class StatusPrinter
{
    /// <param name="wide">True for all images with their IDs, and the messages.</param>
    public static void Print(IReadOnlyList<SetStatus> sets, Terminal terminal, bool withNamespace, bool wide)
    {
        if (sets.Count == 0)
        {
            terminal.Line("There are no ImageTagSets.");
            return;
        }

        string[] headings = ["NAMESPACE", "NAME", "READY", "IMAGE", "TAGS", "PENDING", "REASON", "VERIFIED", "MESSAGE"];
        var rows = sets.SelectMany(set => Rows(set, wide)).ToArray();
        int[] columns = [.. Enumerable.Range(0, headings.Length).Where(column => (column != 0 || withNamespace) && (column < 7 || wide))];
        terminal.Table([.. columns.Select(column => headings[column])],
            [.. rows.Select(row => (IReadOnlyList<(string, Tone)>)[.. columns.Select(column => row[column])])]);
    }

    private static IEnumerable<(string Text, Tone Tone)[]> Rows(SetStatus set, bool wide)
    {
        var tone = set.Ready switch { "True" => Tone.Good, "False" => Tone.Problem, _ => Tone.Faint };
        var shown = set.Images.Where(image => wide || image.Reason is not null || image.Pending.Any()).ToArray();
        var single = set.Images is [var only] ? only : null;
        yield return
        [
            (set.Namespace, Tone.Plain),
            (set.Name, Tone.Strong),
            (set.Ready, tone),
            (single is not null ? Label(single, wide) : Words.Count(set.ImageCount ?? 0, "image"), Tone.Plain),
            ($"{set.TagCount ?? 0}", Tone.Plain),
            (Summary([.. set.Pending]), Tone.Plain),
            (set.Reason ?? "", tone),
            (set.LastVerifiedTime?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "never", Tone.Plain),
            (set.Message ?? "", Tone.Plain),
        ];
        if (single is not null) yield break;
        foreach (var image in shown)
        {
            yield return
            [
                ("", Tone.Plain), ("", Tone.Plain), ("", Tone.Plain), ("  " + Label(image, wide), Tone.Plain),
                    ($"{image.ManagedTags.Count}", Tone.Faint),
                (Summary([.. image.Pending]), Tone.Plain), (image.Reason ?? "", Tone.Problem), ("", Tone.Plain),
                    (image.Message ?? "", Tone.Plain),
            ];
        }
    }

    private static string Label(ImageStatus image, bool wide) => image.Name is null ? image.Id : wide ? $"{image.Name} ({image.Id})"
        : image.Name;

    private static string Summary(string[] pending) => pending.Length switch
    {
        0 => "-",
        <= 4 => string.Join(' ', pending),
        _ => $"{string.Join(' ', pending[..3])} and {pending.Length - 3} more",
    };
}
