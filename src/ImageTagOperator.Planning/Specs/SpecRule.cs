namespace ImageTagOperator.Planning.Specs;

/// <summary>A rule about specs that their schema cannot say. In one place: its words, which the operator, <c>validate</c> and an API
/// server say alike, and the expression by which a server judges (CEL, from Kubernetes 1.25 on). A server refuses nothing that the
/// operator takes.</summary>
/// <param name="Name">For documents and tests.</param>
/// <param name="Scope">The path of the field that is <c>self</c> in the expression.</param>
/// <param name="Expression">In CEL; true when all is well.</param>
/// <param name="Field">The path of the field that is wrong.</param>
/// <param name="Anyone">What breaks the rule, as far as a server says it: it names nothing.</param>
/// <param name="Says">What is wrong with it and what to do, as the end of a sentence.</param>
public sealed record SpecRule(string Name, string Scope, string Expression, string Field, string Anyone, string Says)
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

    /// <summary>Otherwise the set removes from its images what it selects them by, and after that all that it put on them. Globs of
    /// ignoreTags cost a server too much: where there is one, the operator alone judges.</summary>
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
        "is none for IMS: it takes letters, digits, '_' and '-', or such a key of 1 to 36, one '=' and a value of 1 to 43.");

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

    /// <summary>A warning: it works, and is hardly meant so.</summary>
    public static readonly SpecRule ExactSetHasTags = new(
        nameof(ExactSetHasTags),
        "spec",
        "self.tags.size() > 0 || self.policy != 'Exact'",
        "spec.tags",
        "",
        "is empty, and policy Exact takes every tag from the images. Declare the tags that they must have, or delete the set.");

    /// <summary>A warning. A server compares with the globs as they are written; <c>validate</c> matches them.</summary>
    public static readonly SpecRule DeclaredTagsAreNotIgnored = new(
        nameof(DeclaredTagsAreNotIgnored),
        "spec",
        "self.policy != 'Exact' || !has(self.ignoreTags) || !self.ignoreTags.exists(glob, glob in self.tags)",
        "spec.ignoreTags",
        "has a glob that ",
        "matches a tag of spec.tags: once that is declared no longer, it stays on the images. Take one of the two out.");

    /// <summary>What a server warns of where it is asked to.</summary>
    public static IReadOnlyList<SpecRule> Warnings { get; } = [ExactSetHasTags, DeclaredTagsAreNotIgnored];

    /// <summary>In the order in which the operator asks.</summary>
    public static IReadOnlyList<SpecRule> All { get; } =
    [
        OneImageReference, ImsTakesTags, ImsTakesFewValues, ImsTakesOneTagOfAKey, TagsDifferInMoreThanCase, SelectorTagsStay,
        IntervalIsLongEnough,
    ];

    /// <summary>Keywords of the schema that say the same with a number, and after which a server would not come to the rule.</summary>
    public IReadOnlyList<string> Replaces { get; init; } = [];

    /// <summary>What a server says.</summary>
    public string Message => Broken("");

    /// <summary>What the operator says.</summary>
    /// <param name="who">What breaks the rule, such as <c>'lts' and 'LTS'</c>; empty when there is nothing to name.</param>
    public string Broken(string who) => $"{Field} {(who.Length > 0 ? $"{who} " : Anyone)}{Says}";
}
