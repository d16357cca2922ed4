using System.Globalization;
using System.Text.RegularExpressions;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>The filters of a list, by parameter name. Glance treats an unknown name as a custom property, which no image has: an unknown
/// filter returns an empty list instead of an error.</summary>
internal static partial class ImageFilters
{
    /// <exception cref="GlanceError">400: the filter does not allow that value.</exception>
    public static Func<SandboxImage, bool> Create(string name, string value) => name switch
    {
        "id" => Text(image => image.Id, value),
        "name" => Text(image => image.Name, value),
        "status" => Text(image => image.Status, value),
        "container_format" => Text(image => image.ContainerFormat, value),
        "disk_format" => Text(image => image.DiskFormat, value),
        "created_at" => Time(image => image.CreatedAt, name, value),
        "updated_at" => Time(image => image.UpdatedAt, name, value),
        "owner" => Exactly(image => image.Owner, value),
        "checksum" => Exactly(image => image.Checksum, value),
        "os_hash_value" => Exactly(image => image.Hash, value),
        "protected" => Flag(name, value),
        "min_ram" => Exactly(image => Number(image.MinRam), value),
        "min_disk" => Exactly(image => Number(image.MinDisk), value),
        "size" => Exactly(image => Number(image.Size), value),
        "size_min" or "min_ram_min" or "min_disk_min" => Range(name[..^4], value, (has, bound) => has >= bound),
        "size_max" or "min_ram_max" or "min_disk_max" => Range(name[..^4], value, (has, bound) => has <= bound),
        _ => Property(name, value),
    };

    private static Func<SandboxImage, bool> Exactly(Func<SandboxImage, string?> part, string value) =>
        image => part(image) is { } has && Collation.AreEqual(has, value);

    private static Func<SandboxImage, bool> Property(string name, string value) => image =>
        image.Properties.Any(property => Collation.AreEqual(property.Key, name) && Collation.AreEqual(property.Value, value));

    private static Func<SandboxImage, bool> Flag(string name, string value)
    {
        var wanted = ImageQuery.ParseFlag(name, value);
        return image => image.Protected == wanted;
    }

    private static Func<SandboxImage, bool> Range(string name, string value, Func<long?, long, bool> compare)
    {
        if (!long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var bound))
            throw new GlanceError(400, "Unable to filter on a range with a non-numeric value.");
        return image => compare(name switch { "size" => image.Size, "min_ram" => image.MinRam, _ => image.MinDisk }, bound);
    }

    private static string? Number(long? value) => value?.ToString(CultureInfo.InvariantCulture);

    /// <summary><c>value</c>, <c>eq:value</c> or <c>in:a,b,"c,d"</c>. A value that contains a colon is taken for an unknown operator,
    /// unless it follows an operator.</summary>
    private static Func<SandboxImage, bool> Text(Func<SandboxImage, string?> part, string value)
    {
        var (op, rest) = SplitOperator(value);
        if (op == "in" && rest.Replace("\\\"", "", StringComparison.Ordinal).Count(c => c == '"') % 2 == 1)
            throw new GlanceError(400, $"Invalid filter value {rest}. The quote is not closed.");
        string[] wanted = op switch
        {
            "eq" => [rest],
            "in" => [.. ListItem().Matches(rest).Select(item => item.Groups[1].Success ? item.Groups[1].Value : item.Groups[2].Value)],
            _ => throw new GlanceError(400, $"Unable to filter by unknown operator '{op}'."),
        };
        var folded = wanted.Select(Collation.Fold).ToHashSet();
        return image => part(image) is { } has && folded.Contains(Collation.Fold(has));
    }

    private static Func<SandboxImage, bool> Time(Func<SandboxImage, DateTimeOffset> part, string name, string value)
    {
        var (op, rest) = SplitOperator(value);
        if (ParseTime(rest) is not { } threshold)
            throw new GlanceError(400, $"Bad \"{name}\" query filter format. Use ISO 8601 DateTime notation.");
        return op switch
        {
            "gt" => image => part(image) > threshold,
            "gte" => image => part(image) >= threshold,
            "lt" => image => part(image) < threshold,
            "lte" => image => part(image) <= threshold,
            "neq" => image => part(image) != threshold,
            "eq" => image => part(image) == threshold,
            _ => throw new GlanceError(400, "Unable to filter on a unknown operator."),
        };
    }

    private static (string Op, string Operand) SplitOperator(string value)
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || ParseTime(value) is not null ? ("eq", value) : (value[..colon], value[(colon + 1)..]);
    }

    private static DateTimeOffset? ParseTime(string text) =>
        DateTimeOffset.TryParseExact(
            text, ["yyyy", "yyyyMMdd", "yyyyMMdd'T'HHmmssK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out var time)
        || (IsoTime().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
            ? time
            : null;

    [GeneratedRegex("""^\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$""")]
    private static partial Regex IsoTime();

    [GeneratedRegex("""
        "((?:[^"\\]|\\.)*)",?|([^,]+),?|,
        """)]
    private static partial Regex ListItem();
}
