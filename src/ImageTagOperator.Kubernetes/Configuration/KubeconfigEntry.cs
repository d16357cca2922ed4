using System.Text;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>A cluster, user or context of a kubeconfig. Errors name the file and the entry, and never contain a value.</summary>
internal sealed class KubeconfigEntry(string file, string description, JsonObject content)
{
    /// <summary>The file and the entry, such as <c>/home/me/.kube/config, user 'me'</c>.</summary>
    public string Origin => $"{file}, {description}";

    public string? Text(string field)
    {
        if (content[field] is not { } node) return null;
        if (node is JsonValue value && value.TryGetValue<string>(out var text)) return text.Length == 0 ? null : text;
        throw Error($"{field} must be a string");
    }

    public string Required(string field) => Text(field) ?? throw Error($"{field} is missing");

    public bool Flag(string field) => content[field] is { } node
        && (node is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : throw Error($"{field} must be true or false"));

    public IEnumerable<string> Fields => content.Select(pair => pair.Key);

    public bool Has(string field) => content[field] is not null;

    public KubeconfigEntry? Child(string field) => content[field] switch
    {
        null => null,
        JsonObject child => new(file, $"{description}, {field}", child),
        _ => throw Error($"{field} must be a mapping"),
    };

    public IReadOnlyList<JsonNode?> List(string field) => content[field] switch
    {
        null => [],
        JsonArray list => [.. list],
        _ => throw Error($"{field} must be a list"),
    };

    /// <summary>The extension that a tool stored under a name in the entry.</summary>
    public JsonNode? Extension(string name) =>
        List("extensions").OfType<JsonObject>().FirstOrDefault(extension => extension["name"]?.ToString() == name)?["extension"];

    /// <summary>A path in a kubeconfig, which is relative to the folder of its file.</summary>
    public string? PathOf(string field) => Text(field) is { } path ? Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(file))!)
        : null;

    /// <summary>PEM text: inline as base64 in <c>field-data</c>, which has precedence, or in the file that <c>field</c> names.</summary>
    public string? Pem(string field)
    {
        if (Text(field + "-data") is { } data)
        {
            try
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException)
            {
                throw Error($"{field}-data is not base64");
            }
        }

        if (PathOf(field) is not { } path) return null;
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Error($"cannot read {field} {path}: {error.Message}", error);
        }
    }

    public Uri? Url(string field, params string[] schemes)
    {
        if (Text(field) is not { } text) return null;
        // Do not quote the value: the URL of a proxy may contain a password.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)) throw Error($"{field} is not a URL, such as https://10.0.0.1:6443");
        var forms = schemes.Select(scheme => scheme + "://").ToArray();
        return schemes.Contains(url.Scheme) ? url
            : throw Error($"{field} must begin with {string.Join(", ", forms[..^1])} or {forms[^1]}");
    }

    /// <summary>Runs code that reads certificates, and adds the field to its errors.</summary>
    public T Certificate<T>(string field, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is not KubernetesConfigurationException)
        {
            throw Error($"{field} is not a usable PEM certificate or key: {error.Message}", error);
        }
    }

    public KubernetesConfigurationException Error(string problem, Exception? inner = null) => new($"{Origin}: {problem}.", inner);
}
