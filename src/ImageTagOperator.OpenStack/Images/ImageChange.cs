namespace ImageTagOperator.OpenStack.Images;

/// <summary>A change of the images of one term.</summary>
/// <param name="Images">For each changed image the old and the new state; only one of them for an added or deleted image.</param>
public sealed record ImageChange(ImageTerm Term, IReadOnlyList<Image> Images)
{
    /// <summary>The change from one reading of a term to the next; null when there is none.</summary>
    internal static ImageChange? Between(ImageTerm term, IReadOnlyList<Image> before, IReadOnlyList<Image> after)
    {
        var old = before.ToDictionary(image => image.Id, StringComparer.OrdinalIgnoreCase);
        var differences = new List<Image>();
        foreach (var image in after)
        {
            if (!old.Remove(image.Id, out var was)) differences.Add(image);
            else if (!was.IsSameAs(image)) differences.AddRange([was, image]);
        }

        differences.AddRange(old.Values);
        return differences is [] ? null : new ImageChange(term, differences);
    }
}
