using ImageTagOperator.Sandbox.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.Commands;

public sealed class CheckTests
{
    [Fact]
    public async Task An_API_server_that_cannot_be_reached_is_reported_once()
    {
        using var run = new CommandRun();
        run.Environment["KUBECONFIG"] = Path.Combine(run.Folder, "kubeconfig");
        string url;
        await using (var kubernetes = await SandboxKubernetes.StartAsync())
        {
            run.Write("kubeconfig", kubernetes.Kubeconfig);
            url = kubernetes.Url;
        }

        var (code, output, error) = await run.TypeAsync("check");
        Assert.Equal((1, ""), (code, error));
        var line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"FAIL  {url}/: the API server does not answer: ", line, StringComparison.Ordinal);
        Assert.EndsWith("Nothing else was checked.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_missing_item_of_the_API_server_is_a_line()
    {
        await using var kubernetes = await SandboxKubernetes.StartAsync();
        using var run = new CommandRun();
        run.Write("kubeconfig", kubernetes.Kubeconfig);
        run.Environment["KUBECONFIG"] = Path.Combine(run.Folder, "kubeconfig");
        var (code, output, error) = await run.TypeAsync("check");
        Assert.Equal((1, ""), (code, error));
        Assert.Contains("Install the definition: image-tag-operator crd | kubectl apply -f -\n", output, StringComparison.Ordinal);
        Assert.True(output.Split('\n').Length > 10, output);
    }

    [Fact]
    public async Task Run_reports_errors_to_the_writer_of_the_command()
    {
        using var run = new CommandRun();
        var missing = Path.Combine(run.Folder, "missing");
        var (code, output, error) = await run.TypeAsync($"run --kubeconfig {missing}");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("image-tag-operator: ", error, StringComparison.Ordinal);
        Assert.Contains(missing, error, StringComparison.Ordinal);
    }
}
