using ImageTagOperator.Commands;
using ImageTagOperator.IntegrationTests.Chart;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Cluster;

/// <summary>The chart, installed with the real helm into a real cluster that runs its pods, with the real image, against the real Keystone
/// and Glance. The tests run sequentially: they share the cluster, and most releases watch all of it.</summary>
public sealed class InstalledChartTests
{
    [Fact]
    public async Task An_installed_chart_passes_its_test_converges_and_survives_its_leader()
    {
        await using var installation = await Installation.CreateAsync();
        var audit = new ServerLog(Node.AuditLog);
        Assert.Contains("watches ImageTagSets in all namespaces", await installation.InstallAsync(), StringComparison.Ordinal);
        var tested = await Node.HelmAsync("test", Installation.Release, "-n", installation.Namespace, "--logs");
        Assert.Contains("ok    may get secrets in all namespaces", tested, StringComparison.Ordinal);
        Assert.Contains("/readyz answers", tested, StringComparison.Ordinal);
        Assert.DoesNotContain("FAIL", tested, StringComparison.Ordinal);

        var team = await installation.CreateNamespaceAsync();
        var image = await installation.Glance.CreateImageAsync("installed", "old");
        await Installation.ApplyAsync(team, [image], "golden", "lts");
        await Installation.ReadyAsync(team);
        await installation.TagsAsync(image, "golden", "lts");

        var leader = await installation.LeaderAsync();
        var pod = leader.Split('_')[0];
        await Node.ExecAsync(
            $"for pid in $(pgrep -f '^/usr/local/bin/image-tag-operator run'); do [[ $(cat /proc/$pid/root/etc/hostname) != {pod} ]] || "
            + "kill -KILL $pid; done");
        await installation.Glance.TryWriteTagAsync(HttpMethod.Delete, image, "golden");
        await installation.NextLeaderAsync(leader);
        await installation.TagsAsync(image, "golden", "lts");
        await installation.Glance.TryWriteTagAsync(HttpMethod.Delete, image, "golden");
        await installation.TagsAsync(image, "golden", "lts");
        await Node.KubectlAsync("-n", installation.Namespace, "rollout", "status", "deployment", Installation.Release, "--timeout=60s");
        Assert.Equal("1", await Node.KubectlAsync("-n", installation.Namespace, "get", "pod", pod, "-o",
            "jsonpath={.status.containerStatuses[0].restartCount}"));

        await Node.KubectlAsync("-n", team, "delete", "imagetagsets", "--all", "--timeout=60s");
        await installation.TagsAsync(image);

        await Node.KubectlAsync("-n", installation.Namespace, "scale", "deployment", Installation.Release, "--replicas=0");
        // the log contains a watch after it ended
        await Node.KubectlAsync("-n", installation.Namespace, "wait", "pods", "--all", "--for=delete", "--timeout=60s");

        // All this with a ServiceAccount that has only these permissions, in the whole cluster.
        var user = $"system:serviceaccount:{installation.Namespace}:{Installation.Release}";
        var requests = (await audit.LinesAsync()).Select(AuditEntry.Parse).Where(entry => entry.User == user).ToList();
        Assert.DoesNotContain(requests, entry => entry.Code == 403);
        Assert.Equal(
            OperatorPermissions.Of([], installation.Namespace, Installation.Release).Select(right => ChartRightsTests.Short(right))
                .Append("create selfsubjectaccessreviews").Order(),
            // Every authenticated user can read the API's documents, which are not resources.
            requests.Select(ChartRightsTests.Short).Where(request => !request.EndsWith(' ')).Distinct().Order());
    }

    [Fact]
    public async Task A_rolling_upgrade_and_a_rollback_among_100_sets_neither_lose_nor_repeat_a_write()
    {
        await using var installation = await Installation.CreateAsync();
        var glance = new ServerLog(RealServers.GlanceLog);
        await installation.InstallAsync("--set", "operator.cloudRate=25");    // so that the work outlasts the upgrade
        var team = await installation.CreateNamespaceAsync();
        var images = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => installation.Glance.CreateImageAsync($"upgrade-{i}")));

        await Installation.ApplyAsync(team, images, "first", "always");
        await installation.UpgradeAsync("--set", "podAnnotations.round=two");
        await Installation.ApplyAsync(team, images, "second", "always");
        await Node.HelmAsync("rollback", Installation.Release, "1", "-n", installation.Namespace, "--wait", "--timeout", "3m");
        foreach (var image in images) await installation.TagsAsync(image, "second", "always");

        var calls = (await glance.LinesAsync()).Select(GlanceEntry.Parse).OfType<GlanceEntry>()
            .Where(entry => entry.Sender + "-" != GlanceClient.RequestIdPrefix
                && images.Any(image => entry.Call.Contains(image, StringComparison.Ordinal)))
            .ToList();
        Assert.True(calls.Select(call => call.Sender).Distinct().Count() > 1, "one leader started the work and another finished it");
        Assert.All(calls.Where(call => call.IsWrite), call => Assert.Equal(204, call.Status));
        Assert.All(calls.Where(call => call.IsWrite).GroupBy(call => call.Call), same => Assert.Single(same));
        Assert.Equal(images.Length * 2, calls.Count(call => call.Call.StartsWith("PUT", StringComparison.Ordinal)
            && !call.Call.EndsWith("/first", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task After_an_uninstall_the_sets_remain_and_a_new_installation_continues()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.InstallAsync();
        var team = await installation.CreateNamespaceAsync();
        var image = await installation.Glance.CreateImageAsync("kept");
        await Installation.ApplyAsync(team, [image], "golden");
        await Installation.ReadyAsync(team);

        await installation.UninstallAsync();
        Assert.Equal(
            $"imagetagset.imagetags.io/{image}", (await Node.KubectlAsync("-n", team, "get", "imagetagsets", "-o", "name")).Trim());
        await Eventually.HoldsAsync(    // helm does not wait for terminating pods
            () => Node.KubectlAsync("get", "all,serviceaccounts,roles,rolebindings,networkpolicies,poddisruptionbudgets", "-n",
                installation.Namespace, "-l", $"app.kubernetes.io/instance={Installation.Release}", "-o", "name"),
            left => left == "", "nothing to be left in the operator's namespace", left => left);
        Assert.Equal("", await Node.KubectlAsync("get", "clusterroles,clusterrolebindings", "-l",
            $"app.kubernetes.io/instance={Installation.Release}", "-o", "name"));

        await installation.Glance.TryWriteTagAsync(HttpMethod.Delete, image, "golden");
        await installation.InstallAsync();
        await installation.TagsAsync(image, "golden");
    }

    [Fact]
    public async Task It_works_only_in_the_given_namespaces()
    {
        await using var installation = await Installation.CreateAsync();
        var (ours, theirs) = (await installation.CreateNamespaceAsync(), await installation.CreateNamespaceAsync());
        Assert.Contains($"watches ImageTagSets in {ours}.", await installation.InstallAsync("--set", $"watchNamespaces={{{ours}}}"),
            StringComparison.Ordinal);
        await Node.HelmAsync("test", Installation.Release, "-n", installation.Namespace);
        var (first, second) = (await installation.Glance.CreateImageAsync("ours"), await installation.Glance.CreateImageAsync("theirs"));
        await Installation.ApplyAsync(theirs, [second], "golden");
        await Installation.ApplyAsync(ours, [first], "golden");
        await Installation.ReadyAsync(ours);
        await installation.TagsAsync(first, "golden");
        Assert.Empty(await installation.Glance.GetTagsAsync(second));
        Assert.Equal("", await Node.KubectlAsync("-n", theirs, "get", "imagetagsets", "-o", "jsonpath={.items[*].metadata.finalizers}"));
        Assert.Equal("", await Node.KubectlAsync("get", "clusterrolebindings", "-l", $"app.kubernetes.io/instance={Installation.Release}",
            "-o", "name"));
    }

    [Fact]
    public async Task A_namespace_that_is_deleted_with_its_sets_and_Secret_is_removed_and_so_are_the_tags()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.InstallAsync();
        var team = await installation.CreateNamespaceAsync();
        var images = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => installation.Glance.CreateImageAsync($"deleted-{i}", "own")));
        await Installation.ApplyAsync(team, images, "golden", "own");
        await Installation.ReadyAsync(team);
        await Node.KubectlAsync("delete", "namespace", team, "--timeout=80s");
        foreach (var image in images) await installation.TagsAsync(image);
    }

    [Fact]
    public async Task A_namespace_with_sets_Secret_and_operator_is_deleted_with_the_tags()
    {
        await using var installation = await Installation.CreateAsync();
        var image = await AllInOneAsync(installation);

        // Kubernetes 1.33 and later delete the other objects of a namespace when its pods are gone. This one is older and would delete all
        // at once.
        await Node.PauseControllersAsync();
        try
        {
            await Node.KubectlAsync("delete", "namespace", installation.Namespace, "--wait=false");
            await Node.KubectlAsync("-n", installation.Namespace, "delete", "pods", "--all", "--timeout=80s");
        }
        finally
        {
            await Node.ResumeControllersAsync();
        }

        await installation.WaitUntilDeletedAsync();
        await installation.TagsAsync(image);
    }

    [Fact]
    public async Task Another_operator_releases_the_tags_when_the_permissions_are_deleted_first()
    {
        await using var other = await Installation.CreateAsync();
        await using var installation = await Installation.CreateAsync();
        await AllInOneAsync(installation);

        // Before 1.33 the order is random. This is the worst one: the operator's permissions are deleted first.
        await Node.KubectlAsync("delete", "clusterroles,clusterrolebindings", "-l", $"app.kubernetes.io/instance={Installation.Release}");
        await Node.KubectlAsync("delete", "namespace", installation.Namespace, "--wait=false");
        await other.InstallAsync("--set", "operator.deletionDeadline=5");
        await installation.WaitUntilDeletedAsync();
    }

    [Fact]
    public async Task Secure_metrics_are_for_whom_the_API_server_allows_them()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.InstallAsync("--set", "metrics.secure.enabled=true");
        var monitoring = await installation.CreateNamespaceAsync();
        await Node.KubectlAsync("-n", monitoring, "create", "serviceaccount", "prometheus");
        var token = (await Node.KubectlAsync("-n", monitoring, "create", "token", "prometheus")).Trim();
        var host = await Node.KubectlAsync(
            "-n", installation.Namespace, "get", "service", Installation.Release, "-o", "jsonpath={.spec.clusterIP}");
        Assert.EndsWith("status 401", await ScrapeAsync(""), StringComparison.Ordinal);
        Assert.EndsWith("status 403", await ScrapeAsync(token), StringComparison.Ordinal);

        await Node.KubectlAsync("create", "clusterrolebinding", monitoring, $"--clusterrole={Installation.Release}-metrics-reader",
            $"--serviceaccount={monitoring}:prometheus");
        try
        {
            var scraped = await Eventually.HoldsAsync(
                () => ScrapeAsync(token), answer => answer.EndsWith("status 200", StringComparison.Ordinal),
                "a scrape with a token to be allowed", answer => answer);
            Assert.Contains("imagetags_build_info{", scraped, StringComparison.Ordinal);
            Assert.EndsWith("status 401", await ScrapeAsync(""), StringComparison.Ordinal);
        }
        finally
        {
            await Node.KubectlAsync("delete", "clusterrolebinding", monitoring);
        }

        // From the node, through the service. The certificate is the operator's own.
        Task<string> ScrapeAsync(string bearer) => Node.ExecAsync(
            $"curl -ksS -m 60 -w 'status %{{http_code}}' -H 'Authorization: Bearer {bearer}' https://{host}:8443/metrics");
    }

    private static async Task<string> AllInOneAsync(Installation installation)
    {
        await installation.InstallAsync();
        await Installation.CreateSecretAsync(installation.Namespace);
        var image = await installation.Glance.CreateImageAsync("all-in-one");
        await Installation.ApplyAsync(installation.Namespace, [image], "golden");
        await Installation.ReadyAsync(installation.Namespace);
        return image;
    }

    [Fact]
    public async Task Users_who_can_edit_or_view_a_namespace_can_do_so_with_its_sets()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.InstallAsync();
        var team = await installation.CreateNamespaceAsync();
        foreach (var role in new[] { "view", "edit" }) await Node.KubectlAsync(
            "-n", team, "create", "rolebinding", role, $"--clusterrole={role}", $"--user={role}");
        foreach (var (user, verb, may) in new[] { ("view", "get", "yes"), ("view", "update", "no"), ("edit", "get", "yes"),
            ("edit", "create", "yes"), ("edit", "delete", "yes"), ("nobody", "get", "no") })
        {
            // The control plane needs a moment to apply the chart's roles.
            await Eventually.HoldsAsync(
                async () => (
                    await Shell.TryAsync("kubectl",
                    ["--kubeconfig", Node.Kubeconfig, "auth", "can-i", verb, "imagetagsets", "-n", team, $"--as={user}"])).Output.Trim(),
                answer => answer == may, $"whether {user} may {verb} sets: {may}", answer => answer);
        }
    }
}
