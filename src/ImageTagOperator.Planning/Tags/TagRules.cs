namespace ImageTagOperator.Planning.Tags;

/// <summary>The rules of the cloud for tags, as input of a plan.</summary>
/// <param name="WhyNotAddressable">Why no request can name this tag, as the end of a sentence; null when one can.</param>
/// <param name="Collides">Whether the cloud treats two different tags as equal.</param>
/// <param name="Quota">How many tags an image may have; null as long as the cloud has not reported a limit.</param>
public sealed record TagRules(Func<string, string?> WhyNotAddressable, Func<string, string, bool> Collides, int? Quota = null)
{
    /// <summary>Whether adding the first tag replaces the second, which then need not be removed.</summary>
    public Func<string, string, bool> Replaces { get; init; } = (_, _) => false;

    /// <summary>Why a set cannot declare these tags together, as a sentence about <c>spec.tags</c>; null when it can.</summary>
    public Func<IReadOnlyList<string>, string?> WhyNotDeclared { get; init; } = _ => null;

    /// <summary>What the difference between colliding tags is, for messages.</summary>
    public string CollisionIn { get; init; } = "case, accents or trailing blanks";
}
