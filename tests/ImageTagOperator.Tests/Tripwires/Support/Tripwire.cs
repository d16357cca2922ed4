using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace ImageTagOperator.Tests.Tripwires;

internal static class Tripwire
{
    /// <summary>How long to watch a call that hangs. When this is too short on a busy machine, a test stays green, never red.</summary>
    public static readonly TimeSpan Watched = TimeSpan.FromSeconds(1.5);

    /// <summary>All tripwires by the names of their tests.</summary>
    public static IReadOnlyDictionary<string, TripwireAttribute> All { get; } = typeof(Tripwire).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
        .Where(method => method.IsDefined(typeof(TripwireAttribute)))
        .ToDictionary(method => method.Name, method => method.GetCustomAttribute<TripwireAttribute>()!);

    /// <summary>Major, minor and patch version of the package.</summary>
    public static string Version { get; } =
        typeof(k8s.Kubernetes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', '-')[
            0];

    /// <summary>Asserts that the package still does what the attribute of the calling test says.</summary>
    public static void AssertGap(bool holds, string? seen = null, [CallerMemberName] string test = "")
    {
        var tripwire = All[test];
        var better = seen is null ? "" : $" (seen: {seen})";
        Assert.True(holds, $"KubernetesClient {Version} no longer has this gap: '{tripwire.Fact}'{better}. These files can be deleted or shortened: "
            + $"{string.Join(", ", tripwire.Files)}. Then delete this test and its row in docs/adr/0001-own-kubernetes-runtime.md.");
    }

    /// <summary>Whether the call ends while it is watched.</summary>
    public static async Task<bool> EndsAsync(Task call) =>
        await Task.WhenAny(call, Task.Delay(Watched, TimeProvider.System, TestContext.Current.CancellationToken)) == call;
}
