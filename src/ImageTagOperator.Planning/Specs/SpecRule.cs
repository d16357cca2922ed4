namespace ImageTagOperator.Planning.Specs;

/// <summary>A rule about specs that their OpenAPI schema cannot express. It holds the words that the operator, <c>validate</c> and an API
/// server share, and the CEL expression of the server (Kubernetes 1.25 and later). A server never rejects what the operator
/// accepts.</summary>
/// <param name="Name">The name in documents and tests.</param>
/// <param name="Scope">The path of the field that is <c>self</c> in the expression.</param>
/// <param name="Expression">A CEL expression; true when the spec is valid.</param>
/// <param name="Field">The path of the field that is wrong.</param>
/// <param name="UnnamedSubject">The subject of the message of a server, which cannot name the values.</param>
/// <param name="Predicate">The rest of the sentence: what is wrong and what to do.</param>
public sealed record SpecRule(string Name, string Scope, string Expression, string Field, string UnnamedSubject, string Predicate)
{
    public static readonly SpecRule OneImageReference = new(
        nameof(OneImageReference),
        "spec.image",
        "[has(self.id), has(self.name), has(self.selector)].filter(given, given).size() == 1",
        "spec.image",
        "",
        "must have exactly one of id, name and selector.")
    {
        Replaces = ["maxProperties"],
    };

    public static readonly SpecRule TagsDifferInMoreThanCase = new(
        nameof(TagsDifferInMoreThanCase),
        "spec.tags",
        "self.map(tag, tag.lowerAscii()).all(tag, self.exists_one(other, other.lowerAscii() == tag))",
        "spec.tags",
        "has two tags that ",
        "are equal but for case, which clouds do not keep apart. Leave one out.");

    /// <summary>Otherwise the set removes the tags that it selects its images by, and then loses all of its tags on them. Evaluating globs
    /// of ignoreTags costs a server too much: where there is one, only the operator checks.</summary>
    public static readonly SpecRule SelectorTagsStay = new(
        nameof(SelectorTagsStay),
        "spec",
        "self.policy != 'Exact' || !has(self.image.selector) || !has(self.image.selector.tags)"
            + " || self.image.selector.tags.all(tag, tag in self.tags"
            + " || has(self.ignoreTags) && self.ignoreTags.exists(glob, glob == tag || glob.contains('*') || glob.contains('?')))",
        "spec.image.selector.tags",
        "has a tag that ",
        "would be removed by policy Exact, and the images would no longer match. "
            + "Add it to spec.tags or spec.ignoreTags, or use policy Additive.");

    public static readonly SpecRule IntervalIsLongEnough = new(
        nameof(IntervalIsLongEnough),
        "spec.interval",
        "duration(self) >= duration('10s')",
        "spec.interval",
        "",
        "is below the minimum of 10s.");

    public static readonly SpecRule ImsTakesTags = new(
        nameof(ImsTakesTags),
        "spec",
        "self.cloudCredentialsRef.profile != 'IMS'"
            + " || self.tags.all(tag, tag.matches('^([A-Za-z0-9_-]+|[A-Za-z0-9_-]{1,36}=[A-Za-z0-9_-]{1,43})$'))",
        "spec.tags",
        "has a tag that ",
        "IMS does not accept: use letters, digits, '_' and '-', or key=value with a key of 1 to 36 and a value of 1 to 43 of "
            + "them.");

    public static readonly SpecRule ImsTakesOneTagOfAKey = new(
        nameof(ImsTakesOneTagOfAKey),
        "spec",
        "self.cloudCredentialsRef.profile != 'IMS' || self.tags.all(tag, !tag.contains('=') || !(tag.split('=')[0] in self.tags)"
            + " && self.tags.exists_one(other, other.startsWith(tag.split('=')[0] + '=')))",
        "spec.tags",
        "has two tags that ",
        "have one key, which has one value in IMS. Leave one out.");

    public static readonly SpecRule ImsTakesFewValues = new(
        nameof(ImsTakesFewValues),
        "spec",
        "self.cloudCredentialsRef.profile != 'IMS' || self.tags.filter(tag, tag.contains('=')).size() <= 10",
        "spec.tags",
        "",
        "has more than 10 tags with a value, and an IMS image can have no more.");

    /// <summary>A warning: it works, but is rarely intended.</summary>
    public static readonly SpecRule ExactSetHasTags = new(
        nameof(ExactSetHasTags),
        "spec",
        "self.tags.size() > 0 || self.policy != 'Exact'",
        "spec.tags",
        "",
        "is empty, and policy Exact takes every tag from the images. Declare the tags that they must have, or delete the set.");

    /// <summary>A warning. A server compares with the globs literally; <c>validate</c> matches them.</summary>
    public static readonly SpecRule DeclaredTagsAreNotIgnored = new(
        nameof(DeclaredTagsAreNotIgnored),
        "spec",
        "self.policy != 'Exact' || !has(self.ignoreTags) || !self.ignoreTags.exists(glob, glob in self.tags)",
        "spec.ignoreTags",
        "has a glob that ",
        "matches a tag of spec.tags: when you remove that tag from spec.tags, it stays on the images. Remove the glob or the tag.");

    /// <summary>The rules that a server warns about, where it is configured to.</summary>
    public static IReadOnlyList<SpecRule> Warnings { get; } = [ExactSetHasTags, DeclaredTagsAreNotIgnored];

    /// <summary>In the order in which the operator checks them.</summary>
    public static IReadOnlyList<SpecRule> All { get; } =
    [
        OneImageReference, ImsTakesTags, ImsTakesFewValues, ImsTakesOneTagOfAKey, TagsDifferInMoreThanCase, SelectorTagsStay,
        IntervalIsLongEnough,
    ];

    /// <summary>Schema keywords that express the same with a number. They are left out of the schema, because a server would not reach the
    /// rule after them.</summary>
    public IReadOnlyList<string> Replaces { get; init; } = [];

    /// <summary>The message of a server.</summary>
    public string Message => Violation("");

    /// <summary>The message of the operator.</summary>
    /// <param name="subject">The values that break the rule, such as <c>'lts' and 'LTS'</c>; empty when there are none to name.</param>
    public string Violation(string subject) => $"{Field} {(subject.Length > 0 ? $"{subject} " : UnnamedSubject)}{Predicate}";
}
