using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

/// <summary>The table of <see cref="ReleaseRule"/>, one row per case.</summary>
public sealed class ReleaseRuleTests
{
    [Theory]
    //                               the spec is the same, or the image moved on before | edited or deleted: Remove | Retain
    [InlineData(Evidence.Matches,      Release.Keep,     Release.Keep,     Release.Keep)]
    [InlineData(Evidence.DoesNotMatch,   Release.CleanUp,    Release.CleanUp,    Release.Retain)]
    [InlineData(Evidence.Gone,         Release.Forget,   Release.Forget,   Release.Retain)]
    [InlineData(Evidence.CloudChanged, Release.Block,     Release.Retry, Release.Retain)]
    [InlineData(Evidence.None,         Release.Retry, Release.Retry, Release.Retain)]
    public void Only_evidence_or_an_edit_releases_a_tag(Evidence evidence, Release same, Release edited, Release retained)
    {
        foreach (var policy in Enum.GetValues<TagDeletionPolicy>())
        {
            Assert.Equal(same, ReleaseRule.Of(evidence, null, policy));
            Assert.Equal(policy == TagDeletionPolicy.Retain ? retained : edited, ReleaseRule.Of(evidence, LeavingCause.Edited, policy));
        }
    }

    [Fact]
    public void An_image_that_moved_on_is_released_under_any_deletion_policy_and_kept_when_it_matches_again()
    {
        Assert.Equal(Release.CleanUp, ReleaseRule.Of(Evidence.DoesNotMatch, LeavingCause.MovedOn, TagDeletionPolicy.Retain));
        Assert.Equal(Release.Keep, ReleaseRule.Of(Evidence.Matches, LeavingCause.MovedOn, TagDeletionPolicy.Retain));
        Assert.Equal(Release.Retry, ReleaseRule.Of(Evidence.CloudChanged, LeavingCause.MovedOn, TagDeletionPolicy.Remove));
    }
}
