using System.Text;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>The table of what a cloud's answers mean, in the code and in docs/troubleshooting.md.</summary>
public sealed class AnswerRuleTests
{
    private const string Begin = "<!-- answers -->\n";
    private const string End = "<!-- /answers -->\n";

    [Theory]
    [InlineData(CloudStep.Login, 301, CloudErrorKind.Redirected)]
    [InlineData(CloudStep.Login, 400, CloudErrorKind.LoginIncomplete)]
    [InlineData(CloudStep.Login, 401, CloudErrorKind.CredentialsRejected)]
    [InlineData(CloudStep.Login, 403, CloudErrorKind.Forbidden)]
    [InlineData(CloudStep.Login, 404, CloudErrorKind.AuthUrlWrong)]
    [InlineData(CloudStep.Login, 405, CloudErrorKind.AuthUrlWrong)]
    [InlineData(CloudStep.Login, 408, CloudErrorKind.Transient)]
    [InlineData(CloudStep.Login, 429, CloudErrorKind.Transient)]
    [InlineData(CloudStep.Login, 500, CloudErrorKind.Transient)]
    [InlineData(CloudStep.Login, 503, CloudErrorKind.Transient)]
    [InlineData(CloudStep.Read, 308, CloudErrorKind.Redirected)]
    [InlineData(CloudStep.Read, 401, CloudErrorKind.Transient)]
    [InlineData(CloudStep.Read, 403, CloudErrorKind.Forbidden)]
    [InlineData(CloudStep.Read, 400, CloudErrorKind.Rejected)]
    [InlineData(CloudStep.Read, 405, CloudErrorKind.Rejected)]
    [InlineData(CloudStep.Read, 429, CloudErrorKind.Transient)]
    [InlineData(CloudStep.Read, 502, CloudErrorKind.Transient)]
    public void Each_status_means_what_the_table_says(CloudStep step, int status, CloudErrorKind kind) => Assert.Equal(kind, AnswerRules.Of(step, status));

    [Fact]
    public async Task The_documented_table_is_that_of_the_code()
    {
        var table = new StringBuilder("| step | answer | reason | who acts |\n|---|---|---|---|\n");
        foreach (var rule in AnswerRules.All)
        {
            var reason = Problem.From(new CloudException(rule.Kind, "")).Reason;
            table.Append(null, $"| {rule.Step} | {rule.Answer} | `{reason.Name}` | {(reason.Kind == ProblemKind.Stalled ? "a person" : "nobody, it is tried again")} |\n");
        }

        var file = Path.Combine(CommandRun.RepositoryFolder(), "docs", "troubleshooting.md");
        var page = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("ITO_WRITE_DOCS") is not null) await File.WriteAllTextAsync(file, page[..begin] + table + page[end..], TestContext.Current.CancellationToken);
        else Assert.True(page[begin..end] == table.ToString(), $"The table in docs/troubleshooting.md is stale. With ITO_WRITE_DOCS=1 this test writes it; it should be\n{table}");
    }
}
