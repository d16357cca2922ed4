using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>One kubeconfig, or several merged like in kubectl: the first file with an entry has precedence.</summary>
internal sealed class Kubeconfig
{
    private readonly List<(string Path, JsonObject Content)> files = [];

    /// <exception cref="KubernetesConfigurationException">A file cannot be read.</exception>
    public Kubeconfig(IEnumerable<string> paths)
    {
        foreach (var path in paths) files.Add((path, Read(path)));
    }

    /// <param name="context">A context other than the current one.</param>
    /// <exception cref="KubernetesConfigurationException">The kubeconfig contains something invalid.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a value of the file makes a library throw, the file is what is wrong")]
    public KubernetesClientConfiguration Resolve(string? context)
    {
        try
        {
            return ResolveCore(context);
        }
        catch (Exception error) when (error is not KubernetesConfigurationException)
        {
            throw new KubernetesConfigurationException(
                $"{Names}: holds a value that cannot be used ({error.GetType().Name}). Correct it.", error);
        }
    }

    private KubernetesClientConfiguration ResolveCore(string? context)
    {
        var chosen = context ?? CurrentContext() ?? throw new KubernetesConfigurationException(
            $"{Names}: current-context is not set. Choose one with kubectl config use-context, or name a context.");
        var entry = Find("contexts", "context", chosen);
        var cluster = Find("clusters", "cluster", entry.Required("cluster"));
        var user = entry.Text("user") is { } name ? Find("users", "user", name) : null;
        return KubeconfigResolver.Resolve(cluster, user, entry.Text("namespace"));
    }

    private string Names => string.Join(Path.PathSeparator, files.Select(file => file.Path));

    private static JsonObject Read(string path)
    {
        try
        {
            return KubernetesYaml.LoadAll(File.ReadAllText(path), path) switch
            {
                [] => [],
                [JsonObject content] => content,
                _ => throw new KubernetesConfigurationException($"{path}: not a kubeconfig: it must be one YAML mapping."),
            };
        }
        catch (FormatException error)
        {
            throw new KubernetesConfigurationException(error.Message, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigurationException($"{path}: cannot read the kubeconfig: {error.Message}", error);
        }
    }

    private string? CurrentContext() =>
        files.Select(file => new KubeconfigEntry(file.Path, "kubeconfig", file.Content).Text("current-context"))
            .FirstOrDefault(name => name is not null);

    private KubeconfigEntry Find(string list, string kind, string name)
    {
        foreach (var (path, content) in files)
        {
            foreach (var node in new KubeconfigEntry(path, "kubeconfig", content).List(list))
            {
                if (node is not JsonObject item || item["name"]?.ToString() != name) continue;
                // Some tools write a user without credentials as null.
                if ((item[kind] ?? new JsonObject()) is JsonObject found) return new(path, $"{kind} '{name}'", found);
            }
        }

        throw new KubernetesConfigurationException($"{Names}: there is no {kind} '{name}' under {list}.");
    }
}
