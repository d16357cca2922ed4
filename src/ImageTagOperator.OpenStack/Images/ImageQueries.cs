using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>Asks for many terms with few requests. An id that a batch does not show is asked for by itself before it is taken for missing:
/// lists leave out hidden images and some shared ones. A name is asked for by itself only where the filter is not proven: a cloud that does
/// not know it answers an empty list.</summary>
internal sealed partial class ImageQueries(ImageApi api)
{
    /// <summary>About 8.1 kB of URL is too long for Glance: 220 ids fit, 230 do not.</summary>
    public const int MostTerms = 200;

    private const int MostCharacters = 7500;

    /// <summary>Above so many missing names, a proof of the filter costs fewer requests than they do.</summary>
    private const int WorthAProof = 2;

    /// <summary>Terms that batches do not show although they exist.</summary>
    private readonly ConcurrentDictionary<ImageTerm, bool> unlisted = new();

    private readonly Lock gate = new();

    /// <summary>The last proof that the cloud knows the filter for several names; null when there was none yet.</summary>
    private Task<bool?>? proof;

    /// <summary>The term is not in lists, so a list does not tell whether it changed.</summary>
    public bool IsUnlisted(ImageTerm term) => unlisted.ContainsKey(term);

    /// <summary>Gives batches another chance.</summary>
    public void ForgetUnlisted()
    {
        unlisted.Clear();
        lock (gate) proof = null;
    }

    /// <summary>Splits terms into groups of one request each, as long as nothing is missing.</summary>
    public IReadOnlyList<IReadOnlyList<ImageTerm>> Groups(IEnumerable<ImageTerm> terms)
    {
        var groups = new List<IReadOnlyList<ImageTerm>>();
        foreach (var kind in terms.GroupBy(term =>
            (term.Kind, Alone: term.Kind == ImageTermKind.List || IsUnlisted(term)
            || (term.Kind == ImageTermKind.Name && !PlainName().IsMatch(term.Text)))))
        {
            if (kind.Key.Alone) groups.AddRange(kind.Select(term => (IReadOnlyList<ImageTerm>)[term]));
            else groups.AddRange(Packed(kind));
        }

        return groups;
    }

    /// <summary>The images of each term of one group. Not being able to say of one term does not keep the others from their
    /// answers.</summary>
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
            // A cloud that refuses the filter is asked for each term by itself.
        }
        catch (CloudException e)
        {
            return [.. group.Select(term => new ImageAnswer(term, [], IsListed: false, e))];
        }

        var isId = group[0].Kind == ImageTermKind.Id;
        var byTerm = (list?.Images ?? []).ToLookup(image => isId ? ImageTerm.Id(image.Id) : ImageTerm.Name(image.Name ?? ""));
        var missing = group.Where(term => !byTerm.Contains(term)).ToArray();
        // An image that cannot be read may be one of the missing, which is then asked for by itself.
        if (!isId && list is { Odd.Count: 0 } && (missing.Length < group.Count || await MayTrustNamesAsync(missing, cancellationToken)))
        {
            return [.. group.Select(term => new ImageAnswer(term, [.. byTerm[term].Select(Slim)], IsListed: true))];
        }

        var alone = await Task.WhenAll(missing.Select(term => AnswerAsync(term, cancellationToken)));
        foreach (var answer in alone.Where(answer => answer is { Images.Count: > 0 } or { Error: not null })) unlisted[answer.Term] = true;
        return [.. alone, .. group.Except(missing).Select(term => new ImageAnswer(term, [.. byTerm[term].Select(Slim)], IsListed: true))];
    }

    /// <summary>Whether names that a batch did not show do not exist, when it showed none at all.</summary>
    private async Task<bool> MayTrustNamesAsync(IReadOnlyList<ImageTerm> missing, CancellationToken cancellationToken)
    {
        if (missing.Count <= WorthAProof) return false;
        Task<bool?> current;
        lock (gate)
        {
            current = proof ??= ProveNamesAsync(missing[0], cancellationToken);
        }

        return await current ?? true;
    }

    /// <summary>Asks for an image that is there and one that is not. Null: the cloud shows no image at all, which proves nothing for
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
            return false;       // each is asked for by itself, and fails there if the cloud fails
        }
    }

    private async Task<ImageAnswer> AnswerAsync(ImageTerm term, CancellationToken cancellationToken)
    {
        try
        {
            var list = await FetchOneAsync(term, cancellationToken);
            return new ImageAnswer(term, list.Images, IsListed: term.Kind != ImageTermKind.Id, Odd: list.Odd);
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
                return await api.GetAsync(term.Text, cancellationToken) is { } image ? new([Slim(image)], []) : new([], []);
            case ImageTermKind.Name:
                // A colon would make Glance take the part before it for an operator such as in: or gte:. What follows eq: is taken as it
                // is, where in: keeps the backslashes that its quotes call for.
                var filter = term.Text.Contains(':') ? "eq:" + term.Text : term.Text;
                var named = await api.ListAsync($"name={Uri.EscapeDataString(filter)}", cancellationToken);
                // One of them may be the one that is meant.
                if (named.Odd.Count > 0)
                {
                    var message = $"The cloud shows an image named '{term.Text}' that cannot be read: {string.Join(", ", named.Odd)}.";
                    throw new CloudException(CloudErrorKind.Transient, message);
                }

                // Clouds fold case in the filter.
                return new([.. named.Images.Where(image => image.Name == term.Text).Select(Slim)], []);
            default:
                return await api.ListAsync(term.Text.Length == 0 ? "" : $"visibility={term.Text}", cancellationToken);
        }
    }

    private Task<ImageList> ListAsync(IReadOnlyList<ImageTerm> group, CancellationToken cancellationToken)
    {
        var list = string.Join(',', group.Select(term => Uri.EscapeDataString(term.Text)));
        return api.ListAsync(group[0].Kind == ImageTermKind.Id ? $"id=in:{list}&visibility=all" : $"name=in:{list}", cancellationToken);
    }

    /// <summary>Only selectors look at properties, and they are most of an image's size.</summary>
    public static Image Slim(Image image) => image.More is null ? image : image with { More = null };

    private static IEnumerable<IReadOnlyList<ImageTerm>> Packed(IEnumerable<ImageTerm> terms)
    {
        var (group, characters) = (new List<ImageTerm>(), 0);
        foreach (var term in terms)
        {
            var needed = Uri.EscapeDataString(term.Text).Length + 1;
            if (group.Count == MostTerms || characters + needed > MostCharacters)
            {
                yield return group;
                (group, characters) = ([], 0);
            }

            group.Add(term);
            characters += needed;
        }

        if (group.Count > 0) yield return group;
    }

    /// <summary>Names that stand for themselves in a list behind <c>in:</c>.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9._-]+\z")]
    private static partial Regex PlainName();
}
