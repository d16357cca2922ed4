using System.Text.RegularExpressions;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Architecture;

/// <summary>docs/operations.md names a test of the defence for each threat.</summary>
public sealed partial class SecurityTableTests
{
    [Fact]
    public void Each_test_in_the_table_of_threats_exists()
    {
        var text = File.ReadAllText(Path.Combine(CommandRun.RepositoryFolder(), "docs", "operations.md"));
        var section = text[text.IndexOf("\n## Security", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", 4, StringComparison.Ordinal)];
        var threats = section.Split('\n').SkipWhile(line => !line.EndsWith("| test |", StringComparison.Ordinal))
            .Skip(2).TakeWhile(line => line.StartsWith('|')).ToArray();
        Assert.True(threats.Length > 20, $"the table has {threats.Length} rows");
        var known = typeof(SecurityTableTests).Assembly.GetTypes()
            .Select(type => $"{type.Namespace?.Split('.')[^1]}/{type.Name}").ToHashSet(StringComparer.Ordinal);
        foreach (var threat in threats)
        {
            var tests = Name().Matches(threat.Split('|')[^2]).Select(name => name.Groups[1].Value).ToArray();
            Assert.True(tests.Length > 0 || threat.EndsWith("| as there |", StringComparison.Ordinal), $"the row names no test: {threat}");
            Assert.All(tests, test => Assert.Contains(test, known));
        }
    }

    [GeneratedRegex("`([A-Z][A-Za-z]+/[A-Z][A-Za-z]+)`")]
    private static partial Regex Name();
}
