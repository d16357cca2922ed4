namespace ImageTagOperator.Planning.Tags;

/// <summary>What the cloud can do with tags, as far as a plan depends on it.</summary>
/// <param name="WhyNotAddressable">Why no call can name this tag, as the end of a sentence; null when one can.</param>
/// <param name="Collides">Two different tags that the cloud takes for the same.</param>
/// <param name="Quota">Tags that an image may hold; null as long as the cloud has not said so.</param>
public sealed record TagRules(Func<string, string?> WhyNotAddressable, Func<string, string, bool> Collides, int? Quota = null)
{
    /// <summary>Adding the one takes the place of the other, so that the other need not be removed.</summary>
    public Func<string, string, bool> Replaces { get; init; } = (_, _) => false;

    /// <summary>Why a set cannot declare these tags together, as a sentence about <c>spec.tags</c>; null when it can.</summary>
    public Func<IReadOnlyList<string>, string?> WhyNotDeclared { get; init; } = _ => null;

    /// <summary>What colliding tags differ in, for messages.</summary>
    public string CollisionIn { get; init; } = "case, accents or trailing blanks";
}
