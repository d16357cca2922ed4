using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Reconciliation;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

public sealed class SpecRulesTests
{
    [Fact]
    public void Accepts_the_documented_specs()
    {
        var spec = Good();
        (spec.Tags, spec.Interval, spec.IgnoreTags) = (["golden", "cis-2026.1", "a b", "%2e%2e", "key=value"], "1h30m", ["build-*", "ü"]);
        Assert.Null(CloudRules.Check(spec));
    }

    [Theory]
    [InlineData("..", "'..'")]
    [InlineData("", "''")]
    [InlineData("a/b", "'a/b'")]
    [InlineData("ü", "'ü'")]
    [InlineData("x ", "'x '")]
    [InlineData("a\tb", "control character")]
    public void Rejects_a_tag_that_cannot_be_written_and_names_it(string tag, string named)
    {
        var spec = Good();
        spec.Tags = ["golden", tag];
        var problem = CloudRules.Check(spec)!;
        Assert.Equal(Reason.InvalidSpec, problem.Reason);
        Assert.Contains(named, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_two_tags_that_clouds_treat_as_equal() =>
        Assert.Contains("'Lts' and 'LTS'", Rejection(spec => spec.Tags = ["golden", "Lts", "LTS"]).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("9s")]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("99999999h")]
    public void Rejects_an_interval_that_is_invalid_or_too_short(string interval) =>
        Assert.Contains($"'{interval}'", Rejection(spec => spec.Interval = interval).Message, StringComparison.Ordinal);

    [Fact]
    public void Rejects_any_number_of_image_references_but_one()
    {
        Assert.Equal(SpecRule.OneImageReference.Message, Rejection(spec => spec.Image = new ImageReference()).Message);
        Assert.Equal(SpecRule.OneImageReference.Message, Rejection(spec => spec.Image.Id = Guid.Empty.ToString()).Message);
    }

    [Theory]
    [InlineData("'cis-2026.1'", "cis-2026.1")]
    [InlineData("'a=b=c'", "a=b=c")]
    [InlineData("'=prod'", "=prod")]
    [InlineData("'env='", "env=")]
    [InlineData("have one key", "env=prod", "env=test")]
    [InlineData("have one key", "env=prod", "env")]
    public void Rejects_tags_that_IMS_does_not_accept(string message, params string[] tags)
    {
        Assert.Contains(message, Rejection(spec => (spec.CloudCredentialsRef.Profile, spec.Tags) = (CloudProfile.IMS, tags)).Message,
            StringComparison.Ordinal);
        var spec = Good();
        spec.Tags = tags;
        Assert.Null(CloudRules.Check(spec));
        Assert.NotNull(SpecRules.TagsFit(spec, CloudRules.For(CloudProfile.IMS)));
    }

    [Fact]
    public void An_IMS_tag_may_have_a_value()
    {
        var spec = Good();
        (spec.CloudCredentialsRef.Profile, spec.Tags) = (CloudProfile.IMS, ["cis-2026_1", "env=prod"]);
        Assert.Null(CloudRules.Check(spec));
        Assert.Contains("10", Rejection(bad =>
            (bad.CloudCredentialsRef.Profile, bad.Tags) = (CloudProfile.IMS, [.. Enumerable.Range(0, 11).Select(i => $"k{i}=v")])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_an_exact_set_that_would_remove_the_tags_it_selects_by()
    {
        Assert.Contains("'tested'", Rejection(Selecting).Message, StringComparison.Ordinal);
        foreach (var cure in new Action<ImageTagSetSpec>[] { spec => spec.Policy = TagPolicy.Additive, spec => spec.IgnoreTags = ["test*"],
            spec => spec.Tags = ["golden", "tested"] })
        {
            var spec = Good();
            Selecting(spec);
            cure(spec);
            Assert.Null(CloudRules.Check(spec));
        }

        static void Selecting(ImageTagSetSpec spec) =>
            spec.Image = new ImageReference { Selector = new ImageSelector { Tags = ["tested"] } };
    }

    private static Problem Rejection(Action<ImageTagSetSpec> spoil)
    {
        var spec = Good();
        spoil(spec);
        return CloudRules.Check(spec) ?? throw new InvalidOperationException("the spec was accepted");
    }

    private static ImageTagSetSpec Good() => new()
    {
        CloudCredentialsRef = new CloudCredentialsRef { SecretName = "openstack-clouds", CloudName = "demo" },
        Image = new ImageReference { Name = "ubuntu-24.04" },
        Tags = ["golden"],
    };
}
