namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>A namespace that the guide creates. Its real name is this run's own.</summary>
internal sealed class GuideNamespace(string inGuide) : IAsyncDisposable
{
    public string InGuide => inGuide;

    /// <summary>As long as what the guide calls it, so that tables look the same.</summary>
    public string Name { get; } = $"g-{Guid.NewGuid():N}"[..inGuide.Length];

    public async ValueTask DisposeAsync()
    {
        if (await KubectlAsync("get", "namespace", Name, "--ignore-not-found", "--output=name") == "") return;
        await KubectlAsync("delete", "namespace", Name, "--wait=false");
        await KubectlAsync("-n", Name, "delete", "secrets,imagetagsets", "--all", "--wait=false");
        foreach (var set in (await KubectlAsync("-n", Name, "get", "imagetagsets", "--output=name")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await KubectlAsync("-n", Name, "patch", set, "--type=merge", "--patch", """{"metadata":{"finalizers":null}}""");
        }

        await new NamespaceController(Name).FinishAsync();
    }

    private static Task<string> KubectlAsync(params string[] arguments) => Shell.RunAsync("kubectl", arguments);
}
