using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>Asks for many terms with few requests. What a batch does not show is asked for by itself before it is taken for missing: lists
/// leave out hidden images and some shared ones, and a cloud that does not know a filter answers an empty list.</summary>
internal sealed partial class ImageQueries(ImageApi api)
{
    /// <summary>About 8.1 kB of URL is too long for Glance: 220 ids fit, 230 do not.</summary>
    public const int MostTerms = 200;

    private const int MostCharacters = 7500;

    /// <summary>Terms that batches do not show although they exist.</summary>
    private readonly ConcurrentDictionary<ImageTerm, bool> unlisted = new();

    /// <summary>The term is not in lists, so a list does not tell whether it changed.</summary>
    public bool IsUnlisted(ImageTerm term) => unlisted.ContainsKey(term);

    /// <summary>Gives batches another chance.</summary>
    public void ForgetUnlisted() => unlisted.Clear();

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

        IReadOnlyList<Image> images;
        try
        {
            // What cannot be read is missing here, so that it is asked for by itself.
            images = (await ListAsync(group, cancellationToken)).Images;
        }
        catch (CloudException e) when (e.Kind == CloudErrorKind.Rejected)
        {
            images = [];    // a cloud that refuses the filter is asked for each term by itself
        }
        catch (CloudException e)
        {
            return [.. group.Select(term => new ImageAnswer(term, [], IsListed: false, e))];
        }

        var isId = group[0].Kind == ImageTermKind.Id;
        var byTerm = images.ToLookup(image => isId ? ImageTerm.Id(image.Id) : ImageTerm.Name(image.Name ?? ""));
        var missing = group.Where(term => !byTerm.Contains(term)).ToArray();
        var alone = await Task.WhenAll(missing.Select(term => AnswerAsync(term, cancellationToken)));
        foreach (var answer in alone.Where(answer => answer is { Images.Count: > 0 } or { Error: not null })) unlisted[answer.Term] = true;
        return [.. alone, .. group.Except(missing).Select(term => new ImageAnswer(term, [.. byTerm[term].Select(Slim)], IsListed: true))];
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
