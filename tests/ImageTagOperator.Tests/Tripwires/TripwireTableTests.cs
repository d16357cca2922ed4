using System.Text.RegularExpressions;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Tripwires;

/// <summary>The decision lists its reasons, and each reason has a test.</summary>
public sealed partial class TripwireTableTests
{
    private const string Adr = "docs/adr/0001-own-kubernetes-runtime.md";

    private static readonly string Text = File.ReadAllText(Path.Combine(CommandRun.RepositoryFolder(), Adr));

    [Fact]
    public void Each_tripwire_is_a_row_of_the_decision_and_each_row_is_a_tripwire()
    {
        var written = Row().Matches(Text).Select(row => row.Value.TrimEnd()).Order(StringComparer.Ordinal).ToArray();
        var tested = Tripwire.All.Select(RowOf).Order(StringComparer.Ordinal).ToArray();
        Assert.True(written.SequenceEqual(tested),
            $"{Adr} and the tests differ.\nOnly there:\n{Lines(written.Except(tested))}\nOnly in the "
                + $"tests:\n{Lines(tested.Except(written))}");
    }

    [Fact]
    public void The_decision_is_about_the_version_that_is_referenced() =>
        Assert.Contains($"KubernetesClient {Tripwire.Version}", Text, StringComparison.Ordinal);

    [Fact]
    public void Each_file_that_could_be_deleted_exists()
    {
        var runtime = Path.Combine(CommandRun.RepositoryFolder(), "src", "ImageTagOperator.Kubernetes");
        var missing = Tripwire.All.Values.SelectMany(tripwire => tripwire.Files).Where(file => !File.Exists(Path.Combine(runtime, file)));
        Assert.Empty(missing);
    }

    [GeneratedRegex(@"^\| .* \| `[A-Za-z0-9_]+` \| .* \|\s*$", RegexOptions.Multiline)]
    private static partial Regex Row();

    private static string RowOf(KeyValuePair<string, TripwireAttribute> tripwire) =>
        $"| {tripwire.Value.Fact} | `{tripwire.Key}` | {string.Join(", ", tripwire.Value.Files.Select(file => $"`{file}`"))} |";

    private static string Lines(IEnumerable<string> rows) => string.Join('\n', rows);
}
