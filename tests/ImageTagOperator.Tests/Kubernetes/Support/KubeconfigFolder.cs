using System.Text;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>A home folder with kubeconfigs, the files they refer to, and environment variables.</summary>
internal sealed class KubeconfigFolder : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kubeconfig-").FullName;

    public Dictionary<string, string> Environment { get; } = [];

    public FakeTimeProvider Time { get; } = new();

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public string PathOf(string name) => Path.Combine(folder, name);

    public string Write(string name, string text)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>An executable shell script, which runs in this folder.</summary>
    public string Script(string name, string text)
    {
        var path = Write(name, $"#!/bin/sh\ncd '{folder}' || exit 99\n{text}\n");
        TestScript.MakeExecutable(path);
        return path;
    }

    /// <summary>A kubeconfig with one cluster, one user and one context.</summary>
    /// <param name="cluster">The fields of the cluster besides its server, as a YAML flow.</param>
    public string One(string server, string cluster, string user) => Write(
        "config",
        $$"""
        current-context: x
        clusters: [{name: c, cluster: {server: '{{server}}'{{(cluster.Length > 0 ? ", " + cluster : "")}} } }]
        contexts: [{name: x, context: {cluster: c, user: u} }]
        users: [{name: u, user: { {{user}} } }]
        """);

    public KubernetesClientConfiguration Find(string? flag = null, string? context = null) =>
        new ConfigurationFinder(Environment.GetValueOrDefault, PathOf("sa")).Find(flag, context);

    public KubernetesClient Client(KubernetesClientConfiguration configuration) =>
        new(configuration, WidgetJsonContext.Default, "t/1", Time);

    /// <summary>Sends one request with the configuration.</summary>
    public async Task AskAsync(KubernetesClientConfiguration configuration)
    {
        using var client = Client(configuration);
        var widget = await client.GetAsync<Widget>("w", configuration.Namespace, TestContext.Current.CancellationToken);
        Assert.Equal(configuration.Namespace, widget!.Metadata.NamespaceProperty);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
