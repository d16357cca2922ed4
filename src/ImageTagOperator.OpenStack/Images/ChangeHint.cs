using System.Globalization;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>Lists the images that changed since a given time with one request. A cloud that does not support the filter returns an empty
/// list, so each response is checked: it must contain an image that is known to match the filter, and no image that does not
/// match.</summary>
internal sealed class ChangeHint(ImageApi api, TimeProvider time)
{
    /// <summary>Glance sets <c>updated_at</c> before it writes the tags, and its clock can differ from ours.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>The margin of <see cref="GetChangesAsync"/>. A change that it misses is found by a later read.</summary>
    private static readonly TimeSpan ShortMargin = TimeSpan.FromSeconds(10);

    /// <summary>Older changes are found by the next full read.</summary>
    private static readonly TimeSpan MaxPeriod = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan CheckInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan DisabledFor = TimeSpan.FromHours(1);

    /// <summary>A single failed check can be caused by an image that was deleted since the last read.</summary>
    private const int MaxFailedChecks = 3;

    private int failedChecks;
    private DateTimeOffset notBefore;
    private DateTimeOffset lastRequestAt = time.GetUtcNow();
    private DateTimeOffset checkedAt = DateTimeOffset.MinValue;

    /// <summary>The images that changed since the previous call; null when the response is not reliable. Once an hour, the filter is tested
    /// with images that must match it, because the usual response is empty and does not show that the filter works.</summary>
    /// <param name="known">Images that lists probably show, as last read. At least one of them must still exist.</param>
    /// <param name="withProperties">Whether the properties of the images are needed.</param>
    public async Task<IReadOnlyList<Image>?> GetChangesAsync(
        Func<IReadOnlyList<Image>> known, bool withProperties, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now < notBefore) return null;
        try
        {
            if (now - checkedAt >= CheckInterval)
            {
                if (known() is not [_, ..] samples) return null;
                var ids = string.Join(',', samples.Select(image => image.Id));
                var oldest = samples.Min(image => image.UpdatedAt)!.Value;
                var check = await ListAsync(oldest, $"&id=in:{ids}", withProperties: false, cancellationToken);
                if (!RecordCheck(check.Images.IntersectBy(samples.Select(image => image.Id), image => image.Id).Any())) return null;
                checkedAt = now;
            }

            var since = lastRequestAt > now - MaxPeriod ? lastRequestAt : now - MaxPeriod;
            var bound = WholeSecond(since + api.ClockSkew - ShortMargin);
            var changed = (await ListAsync(bound, "", withProperties, cancellationToken)).Images;
            if (!RecordCheck(changed.All(image => image.UpdatedAt >= bound))) return null;
            lastRequestAt = now;
            return changed;
        }
        catch (CloudException e)
        {
            // The next call covers this period too, unless too much changed in it, which says nothing about the filter.
            if (e.IsTooLarge) lastRequestAt = now;
            else if (e.Kind == CloudErrorKind.Rejected) RecordCheck(isReliable: false);
            return null;
        }
    }

    /// <summary>The changed images by id, without properties, with some unchanged ones; null when the response is not reliable. Images that
    /// lists do not show are missing.</summary>
    /// <param name="since">The time on our clock.</param>
    /// <param name="known">Images that lists show, as last read.</param>
    public async Task<IReadOnlyDictionary<string,
        Image>?> ChangedSinceAsync(DateTimeOffset since, IEnumerable<Image> known, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() < notBefore || known.MaxBy(image => image.UpdatedAt) is not { UpdatedAt: { } newest } sample) return null;
        var bound = since + api.ClockSkew - Margin;
        if (newest < bound) bound = newest;
        bound = WholeSecond(bound);
        IReadOnlyList<Image> changed;
        try
        {
            var list = await ListAsync(bound, "", withProperties: false, cancellationToken);
            if (list.UnreadableIds.Count > 0) return null;
            changed = list.Images;
        }
        catch (CloudException e) when (e.IsTooLarge)
        {
            return null;
        }
        catch (CloudException)
        {
            changed = [];   // the caller reads the images instead, and gets the error if the cloud still fails
        }

        return RecordCheck(changed.Any(image => image.Id == sample.Id) && changed.All(image => image.UpdatedAt >= bound))
            ? changed.ToDictionary(image => image.Id, StringComparer.OrdinalIgnoreCase)
            : null;
    }

    private bool RecordCheck(bool isReliable)
    {
        if (isReliable) failedChecks = 0;
        else if (++failedChecks >= MaxFailedChecks) (failedChecks, notBefore) = (0, time.GetUtcNow() + DisabledFor);
        return isReliable;
    }

    private Task<ImageList> ListAsync(DateTimeOffset bound, string filter, bool withProperties, CancellationToken cancellationToken)
    {
        var stamp = WholeSecond(bound).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return api.ListAsync($"updated_at=gte:{stamp}{filter}&visibility=all", cancellationToken, withProperties: withProperties);
    }

    private static DateTimeOffset WholeSecond(DateTimeOffset at) =>
        new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
