using System.Collections.Immutable;

namespace ImageTagOperator.Memory;

/// <summary>Sets by something that more than one can have.</summary>
internal sealed class SetIndex(IEqualityComparer<string> comparer)
{
    private readonly Dictionary<string, ImmutableHashSet<NamespacedName>> sets = new(comparer);

    public ImmutableHashSet<NamespacedName> this[string value] => sets.GetValueOrDefault(value, []);

    /// <summary>A set had some of them and has others now.</summary>
    public void Move(NamespacedName set, IReadOnlyCollection<string> before, IReadOnlyCollection<string> after)
    {
        foreach (var value in before.Except(after, comparer))
        {
            var left = this[value].Remove(set);
            if (left.IsEmpty) sets.Remove(value);
            else sets[value] = left;
        }

        foreach (var value in after) sets[value] = this[value].Add(set);
    }
}
