using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Guards;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>Results of reconciles without a cloud.</summary>
internal static class Results
{
    /// <summary>The result of a selector that matches no image, with the given observation.</summary>
    public static SetResult InSync(DateTimeOffset asOf, LeftImages? left = null, params string[] odd)
    {
        var by = new CloudConnection(
            new CloudCredentialsRef(), null!, new CloudAccess(new Uri("http://glance/v2"), "http://glance/v2", null, ""));
        var set = new RegisteredSet(new V1Alpha1ImageTagSet(), new SetMemory(), DateTimeOffset.MinValue);
        return SetResult.Of(
            new SetPlan(
                new Observation(set, by, [], left ?? LeftImages.None, asOf) { UnreadableIds = odd }, [], [], new RemovalBudget(null)));
    }
}
