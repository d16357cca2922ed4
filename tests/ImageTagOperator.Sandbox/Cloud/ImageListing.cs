namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>Selects, sorts and pages images as Glance's database does.</summary>
internal static class ImageListing
{
    /// <exception cref="GlanceError">400: the marker does not exist, or a filter has an invalid value.</exception>
    public static IReadOnlyList<SandboxImage> Select(IReadOnlyList<SandboxImage> all, Token caller, ImageQuery query)
    {
        var filters = query.Filters.Select(filter => ImageFilters.Create(filter.Key, filter.Value)).ToArray();
        var order = Comparer<SandboxImage>.Create((a, b) => Compare(a, b, query.Sort));
        var marker = query.Marker is { } id ? Marker(all, caller, id) : null;
        return
        [
            .. all.Where(image => ImageAccess.IsListed(caller, image, query.Visibility, query.MemberStatus))
                .Where(image => image.Hidden == query.Hidden && image.Status != "killed")
                .Where(image => query.Tags.All(tag => image.TagRows.Any(row => Collation.AreEqual(row, tag))))
                .Where(image => filters.All(matches => matches(image)))
                .Where(image => marker is null || order.Compare(image, marker) > 0)
                .Order(order)
                .Take(query.Limit),
        ];
    }

    private static SandboxImage Marker(IReadOnlyList<SandboxImage> all, Token caller, string id)
    {
        var marker = all.FirstOrDefault(image => string.Equals(image.Id, id, StringComparison.OrdinalIgnoreCase))
            ?? throw new GlanceError(400, $"No image found with ID {id}");
        return ImageAccess.CanSee(caller, marker) ? marker : throw new GlanceError(403, $"Forbidding request, image {id} not visible");
    }

    private static int Compare(SandboxImage a, SandboxImage b, IReadOnlyList<(string Key, bool Ascending)> sort)
    {
        foreach (var (key, ascending) in sort)
        {
            var result = Compare(a, b, key);
            if (result != 0) return ascending ? result : -result;
        }

        return 0;
    }

    private static int Compare(SandboxImage a, SandboxImage b, string key) => key switch
    {
        "created_at" => a.CreatedAt.CompareTo(b.CreatedAt),
        "updated_at" => a.UpdatedAt.CompareTo(b.UpdatedAt),
        "size" => Nullable.Compare(a.Size, b.Size),
        _ => string.CompareOrdinal(Collation.Fold(Text(a, key)), Collation.Fold(Text(b, key))),
    };

    private static string Text(SandboxImage image, string key) => (key switch
    {
        "name" => image.Name,
        "status" => image.Status,
        "container_format" => image.ContainerFormat,
        "disk_format" => image.DiskFormat,
        _ => image.Id,
    }) ?? "";
}
