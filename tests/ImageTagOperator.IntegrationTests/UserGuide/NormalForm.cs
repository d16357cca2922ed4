using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>Replaces what differs from run to run by the values of the guide: names and addresses, one id per object, and one age and one
/// time everywhere.</summary>
internal sealed partial class NormalForm
{
    private const string Age = "1m";
    private const string Time = "2026-03-02T09:00:00Z";

    private readonly ImmutableArray<(string InGuide, string Real)> names;
    private readonly ImmutableArray<string> ids;
    private readonly ImmutableArray<string> keystoneIds;

    /// <param name="names">Names in the guide, and the names of this run. They have the same length where tables contain them.</param>
    public NormalForm(params IEnumerable<(string InGuide, string Real)> names)
        : this([.. names], [], [])
    {
    }

    private NormalForm(ImmutableArray<(string, string)> names, ImmutableArray<string> ids, ImmutableArray<string> keystoneIds) =>
        (this.names, this.ids, this.keystoneIds) = (names, ids, keystoneIds);

    /// <summary>The command to run for a command of the guide.</summary>
    public string ToReal(string inGuide)
    {
        foreach (var (ours, real) in names) inGuide = inGuide.Replace(ours, real, StringComparison.Ordinal);
        for (var i = 0; i < ids.Length; i++) inGuide = inGuide.Replace(Placeholder(i), ids[i], StringComparison.Ordinal);
        return inGuide;
    }

    /// <summary>The text of the guide for an output, and the form that also knows the new objects in it.</summary>
    public (string Text, NormalForm Form) ToGuide(string printed)
    {
        var text = string.Join('\n', printed.TrimEnd().Split('\n').Select(line => line.TrimEnd()));
        foreach (var (ours, real) in names) text = text.Replace(real, ours, StringComparison.Ordinal);
        var known = Known(ids, Uuid(), text);
        var knownToKeystone = Known(keystoneIds, KeystoneId(), text);
        text = KeystoneId()
            .Replace(text, id => Placeholder(knownToKeystone.IndexOf(id.Value), "of Keystone").Replace("-", "", StringComparison.Ordinal));
        text = Uuid().Replace(text, id => Placeholder(known.IndexOf(id.Value)));
        text = Writer().Replace(text, "4f0e2c9ab1d37765");
        text = Timestamp().Replace(text, Time);
        text = EventAge().Replace(text, age => Age.PadRight(age.Length));
        return (KubectlTable.WithAges(text, Age), new NormalForm(names, known, knownToKeystone));
    }

    private static ImmutableArray<string> Known(ImmutableArray<string> before, Regex pattern, string text)
    {
        foreach (Match id in pattern.Matches(text)) before = before.Contains(id.Value) ? before : before.Add(id.Value);
        return before;
    }

    private static string Placeholder(int index, string where = "of the guide")
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"object {index} {where}"))[..16];
        (bytes[6], bytes[8]) = ((byte)((bytes[6] & 0x0f) | 0x40), (byte)((bytes[8] & 0x3f) | 0x80));
        return new Guid(bytes, bigEndian: true).ToString();
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uuid();

    /// <summary>Keystone writes its UUIDs without dashes.</summary>
    [GeneratedRegex(@"\b[0-9a-f]{32}\b")]
    private static partial Regex KeystoneId();

    /// <summary>A hash of ids.</summary>
    [GeneratedRegex("(?<=[Ww]riter: +)[0-9a-f]{16}")]
    private static partial Regex Writer();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Timestamp();

    /// <summary>In the tables of <c>kubectl describe</c> and <c>kubectl events</c>.</summary>
    [GeneratedRegex(@"(?<=^ +(Normal|Warning) +\w+ +)\w+ *(?=  )|^\w+ *(?=  (Normal|Warning) )", RegexOptions.Multiline)]
    private static partial Regex EventAge();
}
