using System.Net;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Tests.Kubernetes;
using Microsoft.Extensions.Logging;
using Xunit;
using k8s.Models;
using Result = ImageTagOperator.Kubernetes.Abstractions.ReconciliationResult<ImageTagOperator.Tests.Kubernetes.Widget>;

namespace ImageTagOperator.IntegrationTests.Runtime;

/// <summary>Permissions and token lifetimes of a ServiceAccount.</summary>
[Collection(OwnKubernetes.Collection)]
public sealed class RealCredentialTests(OwnKubernetes server)
{
    private static readonly (string, string, string)[] Work = [("test.example.com", "widgets", "get,list,watch"),
        ("test.example.com", "widgets/status", "update")];

    [Fact]
    public async Task Statement_22_a_403_on_the_lease_is_logged_once_with_the_missing_rule_and_that_rule_is_enough()
    {
        using var widgets = await server.NamespaceAsync();
        var audit = server.Audit;
        using var account = await widgets.AccountAsync("no-leases");
        await account.AllowAsync(Work);
        await widgets.CreateAsync("a");
        await using var app = await widgets.StartAsync(
            kubeconfig: account.Kubeconfig, configure: settings => settings.LeaderElection.Enabled = true);
        await Scenarios.Eventually.HoldsAsync(
            async () => (await audit.LinesAsync())
                .Select(AuditEntry.Parse)
                .Count(entry => entry.User == account.Username && entry is { Code: 403, Object: "leases/tester" }),
            refusals => refusals >= 3,
            "three tries to get the lease",
            refusals => $"there were {refusals}");

        var said = Assert.Single(app.Log.At(LogLevel.Error));
        Assert.Contains("""needs the rule apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"]""",
            said, StringComparison.Ordinal);
        Assert.Contains(account.Username, said, StringComparison.Ordinal);
        Assert.Empty(app.Log.At(LogLevel.Warning));
        Assert.Equal((true, true, false), (app.State.IsReady, app.State.IsAlive, app.State.IsLeader));
        Assert.Empty(app.World.Reconciled);

        await account.AllowAsync(("coordination.k8s.io", "leases", "get,create,update"));
        await Eventually.TrueAsync(() => app.World.Runs("a") == 1, "the operator leads and reconciles without a restart");
        Assert.Single(app.Log.At(LogLevel.Error));
    }

    [Fact]
    public async Task Statement_24_an_expired_token_is_replaced_by_the_current_one_in_the_file()
    {
        using var widgets = await server.NamespaceAsync();
        await widgets.Client.CreateAsync(new V1Secret { Metadata = new() { Name = "binding", NamespaceProperty = widgets.Name } });
        using var account = await widgets.AccountAsync("rotated", boundTo: "binding");
        await account.AllowAsync(Work);
        var world = new WidgetWorld();
        TestOperator? app = null;
        world.Reconcile = async (widget, cancel) =>
        {
            widget.Status.Phase = "seen";
            return Result.Success(await app!.Client.UpdateStatusAsync(widget, cancel));
        };
        await using var started = app = await widgets.StartAsync(world, account.Kubeconfig);
        await widgets.CreateAsync("before");
        await SeenAsync("before");

        // A token lives for at least ten minutes. A token that is bound to a Secret is revoked with it, after a few seconds of caching.
        await widgets.Client.DeleteAsync<V1Secret>(new(widgets.Name, "binding"));
        using var probe = new KubernetesClient(
            KubernetesClientConfiguration.Build(account.Kubeconfig), WidgetJsonContext.Default, "probe/1");
        await Scenarios.Eventually.HoldsAsync(
            async () => await Record.ExceptionAsync(() =>
                probe.GetAsync<Widget>("before", widgets.Name, TestContext.Current.CancellationToken)) as KubernetesException,
            refused => refused?.StatusCode == HttpStatusCode.Unauthorized,
            "the token to end",
            refused => refused?.Message ?? "it is still good");
        await widgets.CreateAsync("between");
        await Eventually.TrueAsync(() => app.Log.Has("-> 401"), "the operator's request is rejected");

        await account.RenewTokenAsync();
        await SeenAsync("between");
        await widgets.CreateAsync("after");
        await SeenAsync("after");
        Assert.True(app.State.IsAlive);

        Task SeenAsync(string name) => Scenarios.Eventually.HoldsAsync(
            () => widgets.GetAsync(name),
            widget => widget.Status?.Phase == "seen",
            $"the status of {name}",
            _ => $"the log says {string.Join("\n", app.Log.Entries)}");
    }
}
