using System.Text.Json.Nodes;

namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>Plays the namespace controller for one namespace, where none runs: empties the namespace once it is being deleted, the Secrets first, and
/// lets it go.</summary>
internal sealed class NamespaceController(string name)
{
    public async Task RunAsync()
    {
        await KubectlAsync("wait", $"namespace/{name}", "--for=jsonpath={.status.phase}=Terminating", "--timeout=60s");
        if (await KubectlAsync("-n", name, "wait", "secrets", "--all", "--for=delete", "--timeout=5s")) return;     // a real one runs
        await KubectlAsync("-n", name, "delete", "secrets", "--all");
        await KubectlAsync("-n", name, "delete", "imagetagsets", "--all", "--timeout=60s");
        await FinishAsync();
    }

    /// <summary>Takes the namespace's own finalizer away.</summary>
    public Task FinishAsync()
    {
        var finished = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["finalizers"] = new JsonArray() },
        };
        return Shell.TryAsync("kubectl", ["replace", "--raw", $"/api/v1/namespaces/{name}/finalize", "-f", "-"], finished.ToJsonString());
    }

    /// <summary>Whether it ended well. What did not shows in what the guide's own commands print.</summary>
    private static async Task<bool> KubectlAsync(params string[] arguments) => (await Shell.TryAsync("kubectl", arguments)).Code == 0;
}
