using System.Text;
using System.Text.Json;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Answers;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Identity;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>The table of a cloud's responses and their meaning, in the code and in docs/troubleshooting.md.</summary>
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
    public void Each_status_means_what_the_table_says(CloudStep step, int status, CloudErrorKind kind) =>
        Assert.Equal(kind, AnswerRules.Of(step, status));

    [Theory]
    [InlineData(204, TagWriteResult.Done)]
    [InlineData(200, TagWriteResult.Done)]
    [InlineData(401, TagWriteResult.NotSent)]
    [InlineData(429, TagWriteResult.NotSent)]
    [InlineData(503, TagWriteResult.NotSent)]
    [InlineData(403, TagWriteResult.Forbidden)]
    [InlineData(404, TagWriteResult.NotFound)]
    [InlineData(408, TagWriteResult.Uncertain)]
    [InlineData(502, TagWriteResult.Uncertain)]
    [InlineData(504, TagWriteResult.Uncertain)]
    [InlineData(413, TagWriteResult.QuotaExceeded)]
    [InlineData(400, TagWriteResult.Rejected)]
    [InlineData(405, TagWriteResult.Rejected)]
    [InlineData(409, TagWriteResult.ServerError)]
    [InlineData(500, TagWriteResult.ServerError)]
    [InlineData(301, TagWriteResult.ServerError)]
    public void Each_status_of_a_write_means_what_the_table_says(int status, TagWriteResult result) =>
        Assert.Equal(result, AnswerRules.OfWrite(status));

    [Theory]
    [InlineData("[]", "has no service of type 'image'")]
    [InlineData("[{\"type\": \"image\", \"endpoints\": []}]", "has no service of type 'image'")]
    [InlineData("[{\"type\": \"image\", \"endpoints\": [{\"interface\": \"admin\", \"region_id\": \"A\", \"url\": \"http://a\"}]}]",
        "it has A/admin. Correct region_name or interface.")]
    [InlineData(
        "[{\"type\": \"image\", \"endpoints\": [{\"interface\": \"public\", \"region_id\": \"A\", \"url\": \"http://a\"}, {\"interface\": "
            + "\"public\", \"region_id\": \"B\", \"url\": \"http://b\"}]}]",
        "several image endpoints that fit: A/public, B/public. Set region_name.")]
    public void A_catalog_without_the_endpoint_needs_a_person(string catalog, string expected)
    {
        var cloud = CloudsYaml.Parse("clouds: {demo: {auth: {auth_url: http://k, user_id: u, password: p}}}", "demo");
        var services = JsonSerializer.Deserialize("{\"token\": {\"expires_at\": \"2026-01-01T00:00:00Z\", \"catalog\": " + catalog + "}}",
            CloudJson.Default.TokenResponse)!.Token!.Catalog!;
        var error = Assert.Throws<CloudException>(() => Catalog.ImageEndpoint(cloud, [.. services.OfType<CatalogService>()]));
        Assert.Equal(AnswerRules.All.Single(rule => rule.Step == CloudStep.Catalog).Kind, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_documented_table_is_that_of_the_code()
    {
        var table = new StringBuilder("| step | answer | reason | who acts |\n|---|---|---|---|\n");
        var rows = AnswerRules.All.Select(rule => (rule.Step, rule.Answer, Problems.Of(new CloudException(rule.Kind, "")).Reason))
            .Concat(AnswerRules.Writes.Where(rule => rule.Result is not (TagWriteResult.Done or TagWriteResult.NotFound))
                .Select(rule => (CloudStep.Write, rule.Answer, Problems.ReasonOf(rule.Result))));
        foreach (var (step, answer, reason) in rows)
        {
            table.Append(null,
                $"| {step} | {answer} | `{reason.Name}` | "
                + $"{(reason.Kind == ProblemKind.Stalled ? "a person" : "nobody, it is tried again")} |\n");
        }

        var file = Path.Combine(CommandRun.RepositoryFolder(), "docs", "troubleshooting.md");
        var page = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("ITO_WRITE_DOCS") is not null) await File.WriteAllTextAsync(
            file, page[..begin] + table + page[end..], TestContext.Current.CancellationToken);
        else Assert.True(page[begin..end] == table.ToString(),
            $"The table in docs/troubleshooting.md is stale. With ITO_WRITE_DOCS=1 this test writes it; it should be\n{table}");
    }
}
