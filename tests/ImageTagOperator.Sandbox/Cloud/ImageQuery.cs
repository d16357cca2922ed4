using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>The query of a list request.</summary>
internal sealed record ImageQuery
{
    private const int DefaultLimit = 25;
    private const int MaximumLimit = 1000;

    private static readonly string[] SortKeys = [
        "name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at"];

    /// <summary>When a parameter is repeated the last one is used, except for <c>tag</c> and the sort parameters.</summary>
    private readonly Dictionary<string, string> parameters = [];

    public int Limit { get; private init; }

    public string? Marker { get; private init; }

    public string MemberStatus { get; private init; } = "accepted";

    /// <summary>An image must have all of these tags.</summary>
    public IReadOnlyList<string> Tags { get; private init; } = [];

    public IReadOnlyList<(string Key, bool Ascending)> Sort { get; private init; } = [];

    public string? Visibility { get; private init; }

    public bool Hidden { get; private init; }

    /// <summary>All other parameters, as filters.</summary>
    public IReadOnlyDictionary<string, string> Filters { get; private init; } = new Dictionary<string, string>();

    /// <exception cref="GlanceError">400: an invalid value.</exception>
    public static ImageQuery Parse(QueryString query)
    {
        var all = new List<(string Name, string Value)>();
        foreach (var pair in new QueryStringEnumerable(query.Value)) all.Add((pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        var last = new Dictionary<string, string>();
        foreach (var (name, value) in all) last[name] = value;
        var given = new ImageQuery
        {
            Limit = ParseLimit(last.GetValueOrDefault("limit")),
            Marker = last.GetValueOrDefault("marker"),
            MemberStatus = OneOf(
                "Invalid status: ", last.GetValueOrDefault("member_status", "accepted"), "pending", "accepted", "rejected", "all"),
            Tags = [.. all.Where(pair => pair.Name == "tag").Select(pair => pair.Value.Trim())],
            Visibility = last.TryGetValue("visibility", out var visibility)
                ? OneOf("Invalid visibility value: ", visibility, "community", "public", "private", "shared", "all", "")
                : null,
            Hidden = ParseFlag("os_hidden", last.GetValueOrDefault("os_hidden", "false").ToLowerInvariant()),
            Sort = ParseSort(all),
            Filters = last.Where(pair => !IsControl(pair.Key)).ToDictionary(),
        };
        foreach (var (name, value) in last) given.parameters[name] = value;
        if (last.ContainsKey("changes-since")) throw new GlanceError(400, "The \"changes-since\" filter is no longer available on v2.");
        return given;
    }

    /// <summary>A link to another page of the same list. The path is Glance's own, without the prefix that clients use. A repeated tag
    /// appears in it only once, so the following pages are filtered less, as on the real server.</summary>
    public string Link(string? marker)
    {
        var kept = parameters.Where(pair => pair.Key != "marker").Select(pair => (pair.Key, pair.Value));
        if (marker is not null) kept = kept.Append(("marker", marker));
        var text = string.Join('&', kept.Select(pair => $"{Encode(pair.Item1)}={Encode(pair.Item2)}"));
        return text.Length == 0 ? "/v2/images" : $"/v2/images?{text}";
    }

    public static bool ParseFlag(string name, string value) => value switch
    {
        "true" => true,
        "false" => false,
        _ => throw new GlanceError(400, $"Invalid value '{value}' for '{name}' filter. Valid values are 'true' or 'false'."),
    };

    private static string Encode(string text) => new StringBuilder(Uri.EscapeDataString(text)).Replace("%20", "+").ToString();

    private static bool IsControl(string name) =>
        name is "limit" or "marker" or "member_status" or "tag" or "visibility" or "os_hidden" or "deleted" or "sort" or "sort_key" or "sort_dir";

    private static string OneOf(string complaint, string value, params string[] allowed) =>
        allowed.Contains(value) ? value : throw new GlanceError(400, complaint + value);

    private static int ParseLimit(string? text)
    {
        if (text is null) return DefaultLimit;
        if (!int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var limit))
            throw new GlanceError(400, "limit param must be an integer");
        // A limit above the maximum is reduced without an error.
        return limit < 0 ? throw new GlanceError(400, "limit param must be positive") : Math.Min(limit, MaximumLimit);
    }

    private static IReadOnlyList<(string Key, bool Ascending)> ParseSort(List<(string Name, string Value)> all)
    {
        string[] Values(string name) => [.. all.Where(pair => pair.Name == name).Select(pair => pair.Value.Trim())];
        var combined = Values("sort");
        var keys = Values("sort_key");
        var directions = Values("sort_dir");
        if (combined.Length > 0)
        {
            if (keys.Length + directions.Length > 0) throw new GlanceError(400, "Old and new sorting syntax cannot be combined");
            var parts = combined[^1].Split(',').Select(part => part.Split(':', 2)).ToArray();
            keys = [.. parts.Select(part => part[0].Trim())];
            directions = [.. parts.Select(part => part.Length > 1 && part[1].Length > 0 ? part[1].Trim() : "desc")];
        }

        if (keys.Except(SortKeys).FirstOrDefault() is { } unknown)
            throw new GlanceError(400, $"Invalid sort key: {unknown}. It must be one of the following: {string.Join(", ", SortKeys)}.");
        foreach (var direction in directions) OneOf("Invalid sort direction: ", direction, "asc", "desc");
        if (directions.Length > 1 && directions.Length != keys.Length)
            throw new GlanceError(400, "Number of sort dirs does not match the number of sort keys");
        if (keys.Length == 0) keys = ["created_at"];
        if (directions.Length == 0) directions = ["desc"];
        var rest = directions.Length == 1 ? directions[0] : "desc";
        // The last keys make the order total.
        return [.. keys.Concat(new[] { "created_at", "id" }.Except(keys)).Select((key, i) =>
            (key, (i < directions.Length ? directions[i] : rest) == "asc"))];
    }
}
