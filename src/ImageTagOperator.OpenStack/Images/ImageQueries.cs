using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>Reads many terms with few requests. An id that is missing in a batch is read with its own request before it counts as missing,
/// because lists omit hidden images and some shared ones. A name is read with its own request only while it is not proven that the cloud
/// supports the filter: a cloud that does not returns an empty list.</summary>
/// <remarks>So an absent id costs its own request, also for <c>plan</c>. Batches with <c>os_hidden=true</c> and <c>member_status=all</c>
/// would be cheaper, but prove nothing. A batch proves its filter only by an image that it shows, and a session usually knows no hidden
/// image. A cloud that does not know the filter answers with an empty list too, and an image that exists would count as
/// missing.</remarks>
internal sealed partial class ImageQueries(ImageApi api)
{
    /// <summary>The maximum number of terms in a batch. Glance rejects a URL of about 8.1 kB: 220 ids fit, 230 do not.</summary>
    public const int MaxTerms = 200;

    private const int MaxCharacters = 7500;

    /// <summary>With more missing names than this, a proof of the filter needs fewer requests than they do.</summary>
    private const int MinForProof = 2;

    /// <summary>Terms that exist and that batches do not return.</summary>
    private readonly ConcurrentDictionary<ImageTerm, bool> unlisted = new();

    private readonly Lock gate = new();

    /// <summary>Whether the cloud supports the filter for several names; null before the first proof.</summary>
    private Task<bool?>? proof;

    /// <summary>True when batches do not return the term.</summary>
    public bool IsUnlisted(ImageTerm term) => unlisted.ContainsKey(term);

    /// <summary>Clears the unlisted terms and the proof, so that they are read in batches again.</summary>
    public void ForgetUnlisted()
    {
        unlisted.Clear();
        lock (gate) proof = null;
    }

    /// <summary>Splits terms into groups. A group needs one request when no term is missing in the response.</summary>
    public IReadOnlyList<IReadOnlyList<ImageTerm>> Groups(IEnumerable<ImageTerm> terms)
    {
        var groups = new List<IReadOnlyList<ImageTerm>>();
        foreach (var kind in terms.GroupBy(term =>
            (term.Kind, Alone: term.Kind == ImageTermKind.List || IsUnlisted(term)
            || (term.Kind == ImageTermKind.Name && !PlainName().IsMatch(term.Text)))))
        {
            if (kind.Key.Alone) groups.AddRange(kind.Select(term => (IReadOnlyList<ImageTerm>)[term]));
            else groups.AddRange(Batches(kind));
        }

        return groups;
    }

    /// <summary>Reads the images of one group of terms. An error of one term does not affect the others.</summary>
    public async Task<IReadOnlyList<ImageAnswer>> FetchAsync(IReadOnlyList<ImageTerm> group, CancellationToken cancellationToken)
    {
        if (group is [var single]) return [await AnswerAsync(single, cancellationToken)];

        ImageList? list = null;
        try
        {
            list = await ListAsync(group, cancellationToken);
        }
        catch (CloudException e) when (e.Kind == CloudErrorKind.Rejected)
        {
            // The cloud rejects the filter: each term is read with its own request.
        }
        catch (CloudException e)
        {
            return [.. group.Select(term => new ImageAnswer(term, [], IsListed: false, e))];
        }

        var isId = group[0].Kind == ImageTermKind.Id;
        var byTerm = (list?.Images ?? []).ToLookup(image => isId ? ImageTerm.Id(image.Id) : ImageTerm.Name(image.Name ?? ""));
        var missing = group.Where(term => !byTerm.Contains(term)).ToArray();
        // An entry that cannot be parsed may be one of the missing names.
        if (!isId && list is { UnreadableIds.Count: 0 }
            && (missing.Length < group.Count || await MayTrustNamesAsync(missing, cancellationToken)))
        {
            return [.. group.Select(term => new ImageAnswer(term, byTerm[term].Select(WithoutProperties).ToArray(), IsListed: true))];
        }

        var alone = await Task.WhenAll(missing.Select(term => AnswerAsync(term, cancellationToken)));
        foreach (var answer in alone.Where(answer => answer is { Images.Count: > 0 } or { Error: not null })) unlisted[answer.Term] = true;
        return
        [
            .. alone,
            .. group.Except(missing).Select(term =>
                new ImageAnswer(term, byTerm[term].Select(WithoutProperties).ToArray(), IsListed: true)),
        ];
    }

    /// <summary>Whether the names are missing in the cloud when a batch returned none of its terms.</summary>
    private async Task<bool> MayTrustNamesAsync(IReadOnlyList<ImageTerm> missing, CancellationToken cancellationToken)
    {
        if (missing.Count <= MinForProof) return false;
        Task<bool?> current;
        lock (gate)
        {
            // A proof that failed is not kept.
            if (proof is not { IsFaulted: false, IsCanceled: false }) proof = ProveNamesAsync(missing[0], cancellationToken);
            current = proof;
        }

        return await current ?? true;
    }

    /// <summary>Reads a batch of one existing name and one missing name. Null: the cloud returns no image at all, which proves nothing for
    /// later.</summary>
    private async Task<bool?> ProveNamesAsync(ImageTerm missing, CancellationToken cancellationToken)
    {
        await Task.Yield();     // not under the lock
        try
        {
            var some = await api.SomeAsync(cancellationToken);
            if (some is [])
            {
                lock (gate) proof = null;
                return null;
            }

            if (some.FirstOrDefault(image => image?.Name is { } name && PlainName().IsMatch(name)) is not { } there) return false;
            var list = await ListAsync([ImageTerm.Name(there.Name!), missing], cancellationToken);
            return list.Images.Any(image => image.Id == there.Id);
        }
        catch (CloudException)
        {
            return false;       // each name is read with its own request, and fails there if the cloud fails
        }
    }

    private async Task<ImageAnswer> AnswerAsync(ImageTerm term, CancellationToken cancellationToken)
    {
        try
        {
            var list = await FetchOneAsync(term, cancellationToken);
            return new ImageAnswer(term, list.Images, IsListed: term.Kind != ImageTermKind.Id, UnreadableIds: list.UnreadableIds);
        }
        catch (CloudException e)
        {
            return new ImageAnswer(term, [], IsListed: false, e);
        }
    }

    private async Task<ImageList> FetchOneAsync(ImageTerm term, CancellationToken cancellationToken)
    {
        switch (term.Kind)
        {
            case ImageTermKind.Id:
                return await api.GetAsync(term.Text, cancellationToken) is { } image ? new([WithoutProperties(image)], []) : new([], []);
            case ImageTermKind.Name:
                // Glance parses the text before a colon as an operator such as in: or gte:. After eq: the text is used literally; in: would
                // keep the backslashes of a quoted text.
                var filter = term.Text.Contains(':') ? "eq:" + term.Text : term.Text;
                var named = await api.ListAsync($"name={Uri.EscapeDataString(filter)}", cancellationToken);
                // An entry that cannot be parsed can be an image with this name.
                if (named.UnreadableIds.Count > 0)
                {
                    var ids = string.Join(", ", named.UnreadableIds);
                    var message = $"The cloud shows an image named '{term.Text}' that cannot be read: {ids}.";
                    throw new CloudException(CloudErrorKind.Transient, message);
                }

                // The filter of some clouds ignores case.
                return new([.. named.Images.Where(image => image.Name == term.Text).Select(WithoutProperties)], []);
            default:
                return await api.ListAsync(term.Text.Length == 0 ? "" : $"visibility={term.Text}", cancellationToken);
        }
    }

    private Task<ImageList> ListAsync(IReadOnlyList<ImageTerm> group, CancellationToken cancellationToken)
    {
        var list = string.Join(',', group.Select(term => Uri.EscapeDataString(term.Text)));
        return api.ListAsync(group[0].Kind == ImageTermKind.Id ? $"id=in:{list}&visibility=all" : $"name=in:{list}", cancellationToken);
    }

    /// <summary>Removes the custom properties. Only selectors use them, and they are most of an image's size.</summary>
    public static Image WithoutProperties(Image image) => image.OtherMembers is null ? image : image with { OtherMembers = null };

    private static IEnumerable<IReadOnlyList<ImageTerm>> Batches(IEnumerable<ImageTerm> terms)
    {
        var (group, characters) = (new List<ImageTerm>(), 0);
        foreach (var term in terms)
        {
            var needed = Uri.EscapeDataString(term.Text).Length + 1;
            if (group.Count == MaxTerms || characters + needed > MaxCharacters)
            {
                yield return group;
                (group, characters) = ([], 0);
            }

            group.Add(term);
            characters += needed;
        }

        if (group.Count > 0) yield return group;
    }

    /// <summary>Names that need no quotes in an <c>in:</c> filter.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9._-]+\z")]
    private static partial Regex PlainName();
}
