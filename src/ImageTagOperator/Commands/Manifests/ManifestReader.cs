using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Yaml;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>Finds the ImageTagSets in files, folders and standard input. Skips other kinds.</summary>
internal sealed class ManifestReader(CommandContext here)
{
    private const string StandardInput = "-";

    private static readonly string[] Endings = [".yaml", ".yml", ".json"];

    private readonly List<Manifest> manifests = [];
    private readonly List<ManifestError> errors = [];

    /// <summary>Files that could not be read, and objects that resemble an ImageTagSet. They do not stop the reading of the rest.</summary>
    public IReadOnlyList<ManifestError> Errors => errors;

    /// <exception cref="CommandException">A file does not exist, or no file contains an ImageTagSet.</exception>
    public async Task<IReadOnlyList<Manifest>> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            if (name == StandardInput) Parse(name, await here.In.ReadToEndAsync(cancellationToken));
            else if (Directory.Exists(Full(name))) await ReadFolderAsync(name, cancellationToken);
            else Parse(name, await ReadFileAsync(name, cancellationToken));
        }

        return manifests.Count + errors.Count > 0 ? manifests : throw new CommandException(
            $"There is no {V1Alpha1ImageTagSet.KindName} of {V1Alpha1ImageTagSet.Group} in "
                + $"{string.Join(", ", names.Select(name => name == StandardInput ? "standard input" : name))}. Name the files or the "
                + "folder that have them with -f.");
    }

    private async Task ReadFolderAsync(string name, CancellationToken cancellationToken)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden };
        foreach (var path in Directory.EnumerateFiles(Full(name), "*", options).Where(IsManifest).Order(StringComparer.Ordinal))
        {
            var file = Path.Combine(name, Path.GetRelativePath(Full(name), path));
            var text = await ReadFileAsync(file, cancellationToken);
            // A folder may contain files that are not YAML, such as a chart's templates; they are skipped.
            var isMeant = text.Contains(V1Alpha1ImageTagSet.KindName, StringComparison.OrdinalIgnoreCase);
            if (!isMeant && !NearMiss.CanBeIn(text)) continue;
            var before = manifests.Count;
            Parse(file, text, mayBeOther: !isMeant);
            if (manifests.Count > before && !Endings.Contains(Path.GetExtension(path)))
            {
                errors.Add(ManifestError.Warning(file,
                    $"ends in {Path.GetExtension(path)}, and of a folder kubectl and Argo CD read {string.Join(", ", Endings)} only. "
                    + "Rename it."));
            }
        }
    }

    private static bool IsManifest(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private async Task<string> ReadFileAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(Full(name), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                File.Exists(Full(name)) ? $"{name} cannot be read: {e.Message}" : $"There is no file or folder {name}. Correct -f.");
        }
    }

    /// <param name="mayBeOther">True when invalid YAML is not an error.</param>
    private void Parse(string file, string text, bool mayBeOther = false)
    {
        try
        {
            foreach (var document in KubernetesYaml.LoadDocuments(text, file)) Find(file, document, document.Json, FieldPath.Root);
        }
        catch (FormatException e)
        {
            if (!mayBeOther) errors.Add(ManifestError.Unreadable(file, e.Message));
        }
    }

    private void Find(string file, YamlDocument document, JsonNode? node, FieldPath path)
    {
        if (node is not JsonObject item) return;
        var (kind, version) = (Text(item, "kind"), Text(item, "apiVersion"));
        // The output of kubectl get, or a List in a file.
        if (item["items"] is JsonArray items && kind?.EndsWith("List", StringComparison.Ordinal) == true)
        {
            foreach (var (index, child) in items.Index()) Find(
                file, document, child, path.Field("items").Item(index));
            return;
        }

        var manifest = new Manifest(file, document, path, item);
        if (kind != V1Alpha1ImageTagSet.KindName || version?.Split('/')[0] != V1Alpha1ImageTagSet.Group)
        {
            if (NearMiss.Of(kind, version) is var (field, message)) errors.Add(manifest.Error(FieldPath.Of(field), message));
            return;
        }

        DropNulls(item);
        manifests.Add(manifest);
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

    private static string? Text(JsonObject item, string name) => item[name] is JsonValue value && value.TryGetValue<string>(out var text)
        ? text : null;

    private string Full(string name) => Path.GetFullPath(name, here.Folder);
}
