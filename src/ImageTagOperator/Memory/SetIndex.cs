using System.Collections.Immutable;

namespace ImageTagOperator.Memory;

/// <summary>An index of sets by a value that several sets can share.</summary>
internal sealed class SetIndex(IEqualityComparer<string> comparer)
{
    private readonly Dictionary<string, ImmutableHashSet<NamespacedName>> sets = new(comparer);

    public ImmutableHashSet<NamespacedName> this[string value] => sets.GetValueOrDefault(value, []);

    /// <summary>Replaces the values of a set.</summary>
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
