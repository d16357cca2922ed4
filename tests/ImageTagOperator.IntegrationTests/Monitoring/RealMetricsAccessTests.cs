using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using ImageTagOperator.IntegrationTests.Chart;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Monitoring;

/// <summary>/metrics with TLS, for clients that the real API server authorizes.</summary>
public sealed partial class RealMetricsAccessTests
{
    /// <summary>The operator has exactly the permissions of the chart; the reader has the chart's role for metrics.</summary>
    [Fact]
    public async Task A_service_account_needs_the_role_of_the_chart_to_read_metrics()
    {
        await using var world = await RealWorld.CreateAsync();
        var (release, name) = ($"r{world.Namespace}", $"r{world.Namespace}-image-tag-operator");
        string[] kubectl = ["--kubeconfig", world.Kubeconfig];
        await Shell.RunAsync("kubectl", [.. kubectl, "apply", "-f", "-"], await Helm.TemplateAsync(
            release, world.Namespace, "--set", $"watchNamespaces={{{world.Namespace}}},rbac.userRoles=false,metrics.secure.enabled=true",
                "--show-only", "templates/rbac.yaml", "--show-only", "templates/serviceaccount.yaml"));
        using var account = await ServiceAccount.OfAsync(world.Kubeconfig, world.Namespace, name);
        using var prometheus = await ServiceAccount.CreateAsync(world.Kubeconfig, world.Namespace, "prometheus");
        using var stranger = await ServiceAccount.CreateAsync(world.Kubeconfig, world.Namespace, "stranger");
        await Shell.RunAsync("kubectl", [.. kubectl, "create", "clusterrolebinding", name, $"--clusterrole={name}-metrics-reader",
            $"--serviceaccount={world.Namespace}:prometheus"]);
        var process = await world.StartOperatorAsUserAsync(account.Kubeconfig, "--metrics-address", "https://127.0.0.1:0");
        var address = await world.UntilAsync(
            () => Task.FromResult(Address().Match(process.Log).Value), found => found.Length > 0, "an address in the log", _ => process.Log);

        Assert.Equal(HttpStatusCode.OK, await GetAsync(await File.ReadAllTextAsync(prometheus.TokenFile)));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(await File.ReadAllTextAsync(stranger.TokenFile)));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("made-up"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(null));
        await Shell.RunAsync("kubectl", [.. kubectl, "delete", "clusterrolebinding", name]);
        await Shell.RunAsync("kubectl", [.. kubectl, "delete", "clusterrolebindings,clusterroles", "-l", $"app.kubernetes.io/instance={release}"]);

        async Task<HttpStatusCode> GetAsync(string? token)
        {
            using var http = new HttpClient(
                new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator });
            if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
            using var response = await http.GetAsync(new Uri($"{address}/metrics"));
            return response.StatusCode;
        }
    }

    [GeneratedRegex(@"https://127\.0\.0\.1:\d+(?=;|,)")]
    private static partial Regex Address();
}
