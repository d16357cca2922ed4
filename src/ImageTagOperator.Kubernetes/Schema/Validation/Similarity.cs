namespace ImageTagOperator.Kubernetes.Schema.Validation;

/// <summary>Compares words for suggestions.</summary>
public static class Similarity
{
    /// <summary>The word that was probably meant, or null. Case-insensitive; one letter in three can be wrong.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        var nearest = known.Select(one => (Name: one, Distance: Distance(word.ToUpperInvariant(), one.ToUpperInvariant())))
            .MinBy(one => one.Distance);
        return nearest.Name is not null && nearest.Distance <= Math.Max(1, word.Length / 3) ? nearest.Name : null;
    }

    /// <summary>The Levenshtein distance: letters to add, remove or change.</summary>
    public static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
