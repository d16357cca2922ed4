using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>A set's spec.</summary>
internal sealed record Declared(Target Image, TagPolicy Policy, string[] Tags, string[] Ignore, TagDeletionPolicy OnDeletion)
{
    public bool IsExact => Policy == TagPolicy.Exact;

    public ImageTagSetSpec Spec => new()
    {
        CloudCredentialsRef = new CloudCredentialsRef { SecretName = "clouds", CloudName = "demo" },
        Image = Image.Reference,
        Tags = Tags,
        Policy = Policy,
        IgnoreTags = Ignore,
        DeletionPolicy = OnDeletion,
    };

    public bool Ignores(string tag) => Ignore.Any(glob => TagGlob.IsMatch(glob, tag));

    public override string ToString() => $"{Image} {Policy} [{string.Join("|", Tags)}] ignore [{string.Join("|", Ignore)}] {OnDeletion}";
}
