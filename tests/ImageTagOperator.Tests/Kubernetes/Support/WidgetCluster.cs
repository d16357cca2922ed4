using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Crds;
using ImageTagOperator.Kubernetes.Json;
using ImageTagOperator.Sandbox.Kubernetes;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>A sandbox API server with the definition of widgets.</summary>
internal static class WidgetCluster
{
    public const string Plural = "widgets.test.example.com";

    public const string ListPath = "/apis/test.example.com/v1/widgets?limit=*";

    public const string WatchPath = "/apis/test.example.com/v1/widgets?watch=true*";

    public static async Task<SandboxKubernetes> StartAsync(TimeProvider? time = null)
    {
        var server = await SandboxKubernetes.StartAsync(time);
        server.Apply(Parsed(CustomResourceDefinition.Generate<Widget>(KubernetesJson.Options(WidgetJsonContext.Default))));
        return server;
    }

    extension(TestOperator)
    {
        public static Task<TestOperator> StartAsync(
            SandboxKubernetes server, WidgetWorld? world = null, TimeProvider? time = null, Action<OperatorSettings>? configure = null,
                bool finalizer = false) =>
            TestOperator.StartAsync(server.Configuration(), world, time, configure, finalizer);
    }

    public static void AddNamespace(this SandboxKubernetes server, string name) =>
        server.Apply(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } });

    public static JsonObject ApplyWidget(
        this SandboxKubernetes server, string name, int size = 1, string ns = "default", params string[] finalizers)
    {
        var metadata = new JsonObject { ["name"] = name, ["namespace"] = ns };
        if (finalizers.Length > 0) metadata["finalizers"] = new JsonArray([.. finalizers]);
        return server.Apply(Parsed(new JsonObject
        {
            ["apiVersion"] = "test.example.com/v1",
            ["kind"] = "Widget",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["size"] = size, ["choice"] = new JsonObject { ["name"] = "a" } },
        }));
    }

    // As received over the wire: numbers without a .NET type.
    private static JsonObject Parsed(JsonObject manifest) => JsonNode.Parse(manifest.ToJsonString())!.AsObject();

    public static JsonObject? Widget(this SandboxKubernetes server, string name, string ns = "default") => server.Get(Plural, ns, name);

    public static void DeleteWidget(this SandboxKubernetes server, string name, string ns = "default") => server.Delete(Plural, ns, name);

    public static string[] FinalizersOf(this SandboxKubernetes server, string name) =>
        [.. server.Widget(name)?["metadata"]?["finalizers"]?.AsArray().Select(item => item!.ToString()) ?? []];

    public static KubernetesClientConfiguration Configuration(this SandboxKubernetes server) => new() { Server = new Uri(server.Url) };

    public static KubernetesClient Client(
        this SandboxKubernetes server, TimeProvider? time = null, RecordingLogger? logger = null, TimeSpan? timeout = null) =>
        new(server.Configuration(), WidgetJsonContext.Default, "tester/1.2.3", time, () => 1.0, timeout, logger?.For<KubernetesClient>());
}
