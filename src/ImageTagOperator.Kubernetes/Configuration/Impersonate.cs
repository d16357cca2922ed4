using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>The user to impersonate. Without these headers, requests would have the permissions of the original user, which usually has
/// more.</summary>
internal static class Impersonate
{
    public static IReadOnlyList<(string Name, string Value)> Headers(KubeconfigEntry user)
    {
        var headers = new List<(string, string)>();
        if (user.Text("as") is { } name) headers.Add(("Impersonate-User", name));
        if (user.Text("as-uid") is { } uid) headers.Add(("Impersonate-Uid", uid));
        headers.AddRange(user.List("as-groups").Select(group => ("Impersonate-Group", Value(user, "as-groups", group))));
        if (user.Child("as-user-extra") is { } extra)
        {
            foreach (var key in extra.Fields)
            {
                // Header names are case-insensitive and allow few characters.
                var header = "Impersonate-Extra-" + Uri.EscapeDataString(key.ToLowerInvariant());
                headers.AddRange(extra.List(key).Select(value => (header, Value(extra, key, value))));
            }
        }

        if (headers.Count > 0 && user.Text("as") is null) throw user.Error("as is missing: as-uid, as-groups and as-user-extra need it");
        return headers;
    }

    private static string Value(KubeconfigEntry entry, string field, JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw entry.Error($"{field} must be a list of strings");
}
