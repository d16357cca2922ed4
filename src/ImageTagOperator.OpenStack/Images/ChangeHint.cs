using System.Globalization;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>Asks a cloud with one request which images changed since some time. A cloud that does not know the filter answers an empty
/// list, so each answer has to prove itself: an image that is known to belong in must be in it, and none that does not.</summary>
internal sealed class ChangeHint(ImageApi api, TimeProvider time)
{
    /// <summary>Glance notes the time before it writes the tags, and its clock need not be ours.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Distrust = TimeSpan.FromHours(1);

    /// <summary>One failed proof may be an image that was deleted in the meantime.</summary>
    private const int FailedProofs = 3;

    private int failed;
    private DateTimeOffset notBefore;

    /// <summary>What changed, by id, and some that did not; null when the cloud's answer cannot be relied on. Images that lists do not show
    /// are not in it.</summary>
    /// <param name="since">By our clock.</param>
    /// <param name="known">Images that lists show, as they were read last.</param>
    public async Task<IReadOnlyDictionary<string,
        Image>?> ChangedSinceAsync(DateTimeOffset since, IEnumerable<Image> known, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() < notBefore || known.MaxBy(image => image.UpdatedAt) is not { UpdatedAt: { } newest } witness) return null;
        var bound = since + api.ClockSkew - Slack;
        if (newest < bound) bound = newest;
        bound = new DateTimeOffset(bound.Ticks - (bound.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

        IReadOnlyList<Image> changed;
        try
        {
            var stamp = bound.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            var list = await api.ListAsync($"updated_at=gte:{stamp}&visibility=all", cancellationToken);
            if (list.Odd.Count > 0) return null;
            changed = list.Images;
        }
        catch (CloudException)
        {
            changed = [];   // no hint; what has to be known is then read, and fails there if the cloud fails
        }

        if (changed.Any(image => image.Id == witness.Id) && changed.All(image => image.UpdatedAt >= bound))
        {
            failed = 0;
            return changed.ToDictionary(image => image.Id, StringComparer.OrdinalIgnoreCase);
        }

        if (++failed >= FailedProofs) (failed, notBefore) = (0, time.GetUtcNow() + Distrust);
        return null;
    }
}
