using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes;

namespace ImageTagOperator.Commands;

/// <summary>Finds the ImageTagSets in files, folders and standard input. Passes over other kinds.</summary>
internal sealed class ManifestReader(Surroundings here)
{
    private const string StandardInput = "-";

    private static readonly string[] Endings = [".yaml", ".yml", ".json"];

    /// <exception cref="CommandException">A file is not there, is no YAML, or none of them has an ImageTagSet.</exception>
    public async Task<IReadOnlyList<Manifest>> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var manifests = new List<Manifest>();
        foreach (var name in names)
        {
            if (name == StandardInput) manifests.AddRange(Parse(name, await here.In.ReadToEndAsync(cancellationToken)));
            else if (Directory.Exists(Full(name))) manifests.AddRange(await ReadFolderAsync(name, cancellationToken));
            else manifests.AddRange(Parse(name, await ReadFileAsync(name, cancellationToken)));
        }

        return manifests.Count > 0 ? manifests : throw new CommandException(
            $"There is no {V1Alpha1ImageTagSet.KindName} of {V1Alpha1ImageTagSet.Group} in {string.Join(", ", names.Select(name => name == StandardInput ? "standard input" : name))}. Name the files or the folder that have them with -f.");
    }

    private async Task<IEnumerable<Manifest>> ReadFolderAsync(string name, CancellationToken cancellationToken)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden };
        var manifests = new List<Manifest>();
        foreach (var path in Directory.EnumerateFiles(Full(name), "*", options).Where(path => Endings.Contains(Path.GetExtension(path))).Order(StringComparer.Ordinal))
        {
            var file = Path.Combine(name, Path.GetRelativePath(Full(name), path));
            var text = await ReadFileAsync(file, cancellationToken);
            // A folder may hold what is no YAML, a chart's templates say; that is of no concern here.
            if (text.Contains(V1Alpha1ImageTagSet.KindName, StringComparison.Ordinal)) manifests.AddRange(Parse(file, text));
        }

        return manifests;
    }

    private async Task<string> ReadFileAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(Full(name), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(File.Exists(Full(name)) ? $"{name} cannot be read: {e.Message}" : $"There is no file or folder {name}. Correct -f.");
        }
    }

    private static List<Manifest> Parse(string file, string text)
    {
        try
        {
            return [.. KubernetesYaml.LoadDocuments(text, file).SelectMany(document => Find(file, document, document.Json, ""))];
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message);
        }
    }

    private static IEnumerable<Manifest> Find(string file, YamlDocument document, JsonNode? node, string path)
    {
        if (node is not JsonObject item) return [];
        // What kubectl get prints, and a List in a file.
        if (item["items"] is JsonArray items && Text(item, "kind")?.EndsWith("List", StringComparison.Ordinal) == true)
        {
            return items.Index().SelectMany(child => Find(file, document, child.Item, $"{(path.Length == 0 ? "" : path + ".")}items[{child.Index}]"));
        }

        var isSet = Text(item, "kind") == V1Alpha1ImageTagSet.KindName && Text(item, "apiVersion")?.Split('/')[0] == V1Alpha1ImageTagSet.Group;
        if (!isSet) return [];
        DropNulls(item);
        return [new Manifest(file, document, path, item)];
    }

    private static void DropNulls(JsonNode? node)
    {
        if (node is JsonObject map)
        {
            foreach (var name in map.Where(pair => pair.Value is null).Select(pair => pair.Key).ToArray()) map.Remove(name);
            foreach (var (_, value) in map) DropNulls(value);
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list) DropNulls(item);
        }
    }

    private static string? Text(JsonObject item, string name) => item[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private string Full(string name) => Path.GetFullPath(name, here.Folder);
}
