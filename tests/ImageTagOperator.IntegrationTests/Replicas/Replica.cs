using System.Text.RegularExpressions;
using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests.Replicas;

/// <summary>One of several operator processes, with its own ServiceAccount. The API server's audit log distinguishes it by that, Glance's
/// log by the prefix of its request ids.</summary>
internal sealed partial class Replica(OperatorProcess process, ServiceAccount account) : IDisposable
{
    private static readonly (string Group, string Resources, string Verbs)[] Role =
    [
        ("imagetags.io", "imagetagsets", "list,watch,patch"),
        ("imagetags.io", "imagetagsets/status", "update"),
        ("", "secrets", "get"),
        ("events.k8s.io", "events", "create,patch"),
        ("coordination.k8s.io", "leases", "get,create,update"),
    ];

    public OperatorProcess Process => process;

    public string User => account.Username;

    public string RequestIds { get; } = Prefix().Match(process.Log).Value;

    public bool Leads => process.Log.Contains("Holding the lease", StringComparison.Ordinal);

    /// <summary>The holder identity in the Lease.</summary>
    public string Identity => Holding().Match(process.Log).Groups["identity"].Value;

    public static async Task<ServiceAccount> AccountAsync(World world, string name)
    {
        var account = await ServiceAccount.CreateAsync(world.Kubeconfig, world.Namespace, name);
        await account.AllowAsync(Role);
        return account;
    }

    public static async Task<Replica> StartAsync(World world, ServiceAccount account, params string[] arguments) =>
        new(await world.StartOperatorAsUserAsync(
            account.Kubeconfig, ["--leader-elect", "--leader-elect-namespace", world.Namespace, .. arguments]), account);

    public void Dispose() => account.Dispose();

    [GeneratedRegex("req-[0-9a-f]{8}")]
    private static partial Regex Prefix();

    [GeneratedRegex("Holding the lease [^ ]+ as (?<identity>\\S+)")]
    private static partial Regex Holding();
}
