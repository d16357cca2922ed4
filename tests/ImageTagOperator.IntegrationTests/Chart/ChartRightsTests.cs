using System.Text.Json.Nodes;
using ImageTagOperator.Commands;
using ImageTagOperator.Scenarios;
using Xunit;
using k8s.Models;

namespace ImageTagOperator.IntegrationTests.Chart;

/// <summary>The operator as the chart's ServiceAccount, with the chart's permissions in one namespace. InstalledChartTests covers the
/// permissions in the whole cluster.</summary>
public sealed class ChartRightsTests
{
    private const string Name = "rights-image-tag-operator";

    public static TheoryData<string> Permissions => new(OperatorPermissions.Of(["ns"], "ns", Name).Select(Short));

    [Fact]
    public async Task It_uses_all_of_its_permissions_and_requests_no_others()
    {
        await using var world = (RealWorld)await RealWorld.CreateAsync();
        using var account = await AccountAsync(world, await PermissionsAsync(world));
        var process = await StartAsync(world, account, untilReady: true);
        await LiveAsync(world);
        await world.DeleteAsync("a");
        await world.GoneAsync("a");
        await process.StopAsync();  // the log contains a watch after it ended

        var requests = (await world.AuditAsync()).Where(entry => entry.User == account.Username).ToList();
        Assert.DoesNotContain(requests, entry => entry.Code == 403);
        Assert.Equal(Permissions.Select(right => right.Data).Order(), requests.Select(Short).Distinct().Order());
    }

    [Fact]
    public async Task It_has_no_other_permissions()
    {
        await using var world = (RealWorld)await RealWorld.CreateAsync();
        using var account = await AccountAsync(world, await PermissionsAsync(world));
        var needed = OperatorPermissions.Of([world.Namespace], world.Namespace, Name)
            .Select(right => $"{right.Verb} {right.Group}/{Resource(right)} {right.Name}");
        Assert.Equal(needed.Order(), (await MayAsync(account, world.Namespace)).Order());
        Assert.Empty(await MayAsync(account, "default"));
    }

    [Theory]
    [MemberData(nameof(Permissions))]
    public async Task It_is_rejected_without_any_one_of_its_permissions(string right)
    {
        await using var world = (RealWorld)await RealWorld.CreateAsync();
        var rights = await PermissionsAsync(world);
        Assert.Equal(1, RemovePermission(rights, right));
        using var account = await AccountAsync(world, rights);
        await StartAsync(world, account, untilReady: false);
        if (right == "patch events") await LiveAsync(world);
        else await CreateAsync(world);

        var refused = await world.UntilAsync(
            async () => (await world.AuditAsync()).Where(entry => entry.User == account.Username && entry.Code == 403).Select(Short)
                .Distinct().ToList(),
            refused => refused.Count > 0,
            $"{right} to be refused",
            _ => "nothing was");
        Assert.Equal([right], refused);
    }

    [Fact]
    public async Task The_check_command_lists_missing_permissions()
    {
        await using var world = (RealWorld)await RealWorld.CreateAsync();
        var rights = await PermissionsAsync(world);
        RemovePermission(rights, "get secrets");
        using var account = await AccountAsync(world, rights);
        string[] check = ["check", "--kubeconfig", account.Kubeconfig, "-n", world.Namespace, "--leader-elect-namespace", world.Namespace,
            "--leader-elect-name", Name];
        var (code, output) = await Shell.TryAsync(OperatorProcess.Executable, [.. check, "--url", "http://127.0.0.1:1"]);
        Assert.Equal(1, code);
        Assert.Equal(
            [
                $"FAIL  may get secrets in namespace {world.Namespace}: not allowed. The role of the operator must allow it; the chart's "
                    + "does",
                "FAIL  http://127.0.0.1:1/readyz answers: Connection refused. See the operator's pods and their Service",
            ],
            output.Split('\n').Where(line => line.StartsWith("FAIL", StringComparison.Ordinal)));
        // One permission is missing, and the check of the definition comes on top.
        Assert.Equal(Permissions.Count + 1, output.Split('\n').Count(line => line.StartsWith("ok", StringComparison.Ordinal)));
    }

    private static async Task<IReadOnlyList<JsonNode>> PermissionsAsync(RealWorld world) => await Helm.ObjectsAsync(
        "rights", world.Namespace, "--set", $"watchNamespaces={{{world.Namespace}}}", "--show-only", "templates/rbac.yaml", "--show-only",
            "templates/serviceaccount.yaml");

    private static async Task<ServiceAccount> AccountAsync(RealWorld world, IEnumerable<JsonNode> rights)
    {
        await Shell.RunAsync("kubectl", ["apply", "-f", "-"],
            new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List",
            ["items"] = new JsonArray([.. rights.Select(o => o.DeepClone())]) }.ToJsonString());
        return await ServiceAccount.OfAsync(world.Kubeconfig, world.Namespace, Name);
    }

    private static Task<OperatorProcess> StartAsync(RealWorld world, ServiceAccount account, bool untilReady) =>
        world.StartOperatorAsUserAsync(
            account.Kubeconfig, untilReady, "--leader-elect", "--leader-elect-namespace", world.Namespace, "--leader-elect-name", Name);

    private static async Task<string> CreateAsync(RealWorld world)
    {
        var image = await world.Glance.CreateImageAsync("rights");
        await world.CreateAsync(world.Set("a", image, "golden"));
        return image;
    }

    /// <summary>Creates a set, and removes its tag until the operator repeats an Event about it. The number of removals varies: Glance can
    /// lose a removal that overlaps with the operator's own write of the tag.</summary>
    private static async Task LiveAsync(RealWorld world)
    {
        var image = await CreateAsync(world);
        await world.ReadyAsync("a", "True");
        var requests = 0;
        await world.UntilAsync(
            async () =>
            {
                await world.Glance.TryWriteTagAsync(HttpMethod.Delete, image, "golden");
                await world.RequestAsync("a", $"{requests++}");
                await world.TagsAsync(image, "golden");
                return (await world.AuditAsync()).Where(entry => entry.Verb == "patch").Select(Short).ToList();
            },
            patched => patched.Contains("patch events"),
            "an Event to be repeated",
            patched => string.Join(", ", patched));
    }

    private static int RemovePermission(IEnumerable<JsonNode> objects, string right)
    {
        var taken = 0;
        foreach (var rule in objects.Where(o => (string)o["kind"]! == "Role").SelectMany(o => o["rules"]!.AsArray()))
        {
            var verbs = rule!["verbs"]!.AsArray();
            if (verbs.FirstOrDefault(verb => right == $"{verb} {rule["resources"]![0]}") is not { } found) continue;
            verbs.Remove(found);
            if (verbs.Count == 0) verbs.Add("none");    // a rule must have one
            taken++;
        }

        return taken;
    }

    private static async Task<IEnumerable<string>> MayAsync(ServiceAccount account, string inNamespace)
    {
        var review = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SelfSubjectRulesReview",
            ["spec"] = new JsonObject { ["namespace"] = inNamespace },
        };
        var answer = JsonNode.Parse(await Shell.RunAsync("kubectl", ["--kubeconfig", account.Kubeconfig, "create", "-o", "json", "-f", "-"],
            review.ToJsonString()))!;
        return
            from rule in answer["status"]!["resourceRules"]!.AsArray()
            from verb in rule!["verbs"]!.AsArray()
            from resource in rule["resources"]!.AsArray()
            from groupName in rule["apiGroups"]!.AsArray()
            from name in rule["resourceNames"]?.AsArray() ?? [""]
            where (string)groupName! != "authorization.k8s.io"   // everybody may ask what they may
            select $"{verb} {groupName}/{resource} {name}";
    }

    private static string Resource(V1ResourceAttributes right) => right.Subresource is null ? right.Resource
        : $"{right.Resource}/{right.Subresource}";

    internal static string Short(V1ResourceAttributes right) => $"{right.Verb} {Resource(right)}";

    internal static string Short(AuditEntry entry) =>
        entry.Object.Split('/') is [var resource, _, var subresource] ? $"{entry.Verb} {resource}/{subresource}"
            : $"{entry.Verb} {entry.Object.Split('/')[0]}";
}
