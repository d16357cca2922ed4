using System.Globalization;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>Asks a cloud with one request which images changed since some time. A cloud that does not know the filter answers an empty
/// list, so each answer has to prove itself: an image that is known to belong in must be in it, and none that does not.</summary>
internal sealed class ChangeHint(ImageApi api, TimeProvider time)
{
    /// <summary>Glance notes the time before it writes the tags, and its clock need not be ours.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>The same where a change that is missed is found later all the same.</summary>
    private static readonly TimeSpan ShortSlack = TimeSpan.FromSeconds(10);

    /// <summary>What changed before is left to the next full reading.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Trust = TimeSpan.FromHours(1);
    private static readonly TimeSpan Distrust = TimeSpan.FromHours(1);

    /// <summary>One failed proof may be an image that was deleted in the meantime.</summary>
    private const int FailedProofs = 3;

    private int failed;
    private DateTimeOffset notBefore;
    private DateTimeOffset askedAt = time.GetUtcNow();
    private DateTimeOffset provenAt = DateTimeOffset.MinValue;

    /// <summary>What changed since this was called before; null when the cloud's answer cannot be relied on. The filter is proven once an
    /// hour with images that have to pass it: an answer without images, which is the usual one, proves nothing.</summary>
    /// <param name="known">Images that lists probably show, as they were read last. One of them has to be there still.</param>
    public async Task<IReadOnlyList<Image>?> NewsAsync(Func<IReadOnlyList<Image>> known, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now < notBefore) return null;
        try
        {
            if (now - provenAt >= Trust)
            {
                if (known() is not [_, ..] witnesses) return null;
                var ids = string.Join(',', witnesses.Select(image => image.Id));
                var proof = await ListAsync(witnesses.Min(image => image.UpdatedAt)!.Value, $"&id=in:{ids}", cancellationToken);
                if (!Judge(proof.Images.IntersectBy(witnesses.Select(image => image.Id), image => image.Id).Any())) return null;
                provenAt = now;
            }

            var since = askedAt > now - LongestGap ? askedAt : now - LongestGap;
            var bound = WholeSecond(since + api.ClockSkew - ShortSlack);
            var changed = (await ListAsync(bound, "", cancellationToken)).Images;
            if (!Judge(changed.All(image => image.UpdatedAt >= bound))) return null;
            askedAt = now;
            return changed;
        }
        catch (CloudException e)
        {
            if (e.Kind == CloudErrorKind.Rejected) Judge(isProven: false);
            return null;    // the next time asks for as much more
        }
    }

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
        bound = WholeSecond(bound);
        IReadOnlyList<Image> changed;
        try
        {
            var list = await ListAsync(bound, "", cancellationToken);
            if (list.Odd.Count > 0) return null;
            changed = list.Images;
        }
        catch (CloudException)
        {
            changed = [];   // no hint; what has to be known is then read, and fails there if the cloud fails
        }

        return Judge(changed.Any(image => image.Id == witness.Id) && changed.All(image => image.UpdatedAt >= bound))
            ? changed.ToDictionary(image => image.Id, StringComparer.OrdinalIgnoreCase)
            : null;
    }

    private bool Judge(bool isProven)
    {
        if (isProven) failed = 0;
        else if (++failed >= FailedProofs) (failed, notBefore) = (0, time.GetUtcNow() + Distrust);
        return isProven;
    }

    private Task<ImageList> ListAsync(DateTimeOffset bound, string filter, CancellationToken cancellationToken)
    {
        var stamp = WholeSecond(bound).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return api.ListAsync($"updated_at=gte:{stamp}{filter}&visibility=all", cancellationToken);
    }

    private static DateTimeOffset WholeSecond(DateTimeOffset at) =>
        new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
