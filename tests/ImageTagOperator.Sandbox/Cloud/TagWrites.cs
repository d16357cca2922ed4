namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>Adds and deletes a tag as Glance does: load the image, change the set of tags, write the whole set back.</summary>
internal sealed class TagWrites(SandboxCloud cloud, TimeProvider time)
{
    private const int LongestTag = 255;

    /// <exception cref="GlanceError">400: checked first, before the image is looked up.</exception>
    public static void CheckLength(string tag)
    {
        if (tag.Length > LongestTag) throw new GlanceError(400, ImageAttributes.SchemaMismatch($"'{tag}' is too long"));
    }

    /// <exception cref="GlanceError">413: too many tags.</exception>
    public async Task AddAsync(SandboxImage image, string tag)
    {
        var loaded = image.TagRows.ToHashSet();
        var wanted = loaded.Append(tag).ToHashSet();
        if (cloud.TagQuota >= 0 && wanted.Count > cloud.TagQuota)
            throw new GlanceError(413, $"Image tag limit exceeded for image {image.Id}: {QuotaMessage(wanted.Count, cloud.TagQuota)}:");
        await SaveAsync(image, loaded, wanted);
    }

    public static string QuotaMessage(int attempted, int maximum) =>
        $"The limit has been exceeded on the number of allowed image tags. Attempted: {attempted}, Maximum: {maximum}";

    /// <exception cref="GlanceError">404: the image does not have the tag; 500: the database finds more than one row for it.</exception>
    public async Task DeleteAsync(SandboxImage image, string tag)
    {
        var loaded = image.TagRows.ToHashSet();
        if (!loaded.Contains(tag)) throw new GlanceError(404);
        await SaveAsync(image, loaded, [.. loaded.Where(other => other != tag)]);
    }

    /// <summary>updated_at is written first, the tags some time later. Concurrent writes do not see each other: the last one
    /// wins.</summary>
    private async Task SaveAsync(SandboxImage image, HashSet<string> loaded, HashSet<string> wanted)
    {
        image.UpdatedAt = time.GetUtcNow();
        if (cloud.RaceWindow > TimeSpan.Zero) await Task.Delay(cloud.RaceWindow, time);
        WriteBack(image, loaded, wanted);
    }

    /// <summary>Makes the rows equal to <paramref name="wanted"/>, regardless of changes since <paramref name="loaded"/> was
    /// read.</summary>
    /// <exception cref="GlanceError">500: the row to delete is ambiguous. Rows added before that stay.</exception>
    public static void WriteBack(SandboxImage image, HashSet<string> loaded, HashSet<string> wanted) => image.WithRows(rows =>
    {
        // A tag that another client added since the load is added again: a duplicate that cannot be deleted.
        rows.AddRange(wanted.Except(loaded));
        foreach (var tag in rows.Except(wanted).ToArray()) DeleteRow(rows, tag);
    });

    /// <summary>Measured: the lookup of the row ignores case, accents and trailing spaces, and fails when it finds two rows.</summary>
    private static void DeleteRow(List<string> rows, string tag)
    {
        var found = rows.Where(row => Collation.AreEqual(row, tag)).Take(2).ToArray();
        if (found.Length != 1) throw new GlanceError(500);
        rows.Remove(found[0]);
    }
}
