using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>How programs that do not know ImageTagSets (kubectl wait, Flux, Argo CD, Helm) interpret a status.</summary>
public sealed class KstatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, string> Endings => new()
    {
        { nameof(Reason.Transient), "InProgress" },
        { nameof(Reason.ImageNotActive), "InProgress" },
        { nameof(Reason.InternalError), "Failed" },
        { nameof(Reason.Conflict), "Failed" },
        { nameof(Reason.InvalidSpec), "Failed" },
        { nameof(Reason.CredentialsRejected), "Failed" },
        { "", "Current" },
        { "Suspended", "InProgress" },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public void Every_result_is_complete_and_has_the_reconciled_generation(string ending, string expected)
    {
        foreach (var before in Endings)
        {
            var set = Set(generation: 1);
            set.Status = StatusBuilder.After(set, OutcomeOf(before.Data.Item1), Now);
            set.Metadata.Generation = 2;
            Assert.Equal("InProgress", Kstatus(set));

            set.Status = StatusBuilder.After(set, OutcomeOf(ending), Now);
            Assert.True(expected == Kstatus(set), $"{ending} after {before.Data.Item1} is {Kstatus(set)}");
            Assert.Equal(2, set.Status.ObservedGeneration);
            Assert.All(set.Status.Conditions!, condition => Assert.Equal(2, condition.ObservedGeneration));
            Assert.Single(set.Status.Conditions!, condition => condition.Type == "Ready");
            Assert.DoesNotContain(set.Status.Conditions!, condition => condition.Type != "Ready" && condition.Status != "True");
        }
    }

    private static Condition Ready(V1Alpha1ImageTagSet set) => set.Status.History().Find(Condition.Ready)!;

    private static SetResult OutcomeOf(string ending) => ending switch
    {
        "" => Results.InSync(Now),
        "Suspended" => SetResult.Suspended,
        _ => SetResult.Failed(new Problem((Reason)typeof(Reason).GetField(ending)!.GetValue(null)!, "It is so.")),
    };

    private static V1Alpha1ImageTagSet Set(long generation) => new()
    {
        Metadata = new() { Name = "set", NamespaceProperty = "images", Generation = generation },
        Spec = { CloudCredentialsRef = new CloudCredentialsRef { SecretName = "openstack-clouds", CloudName = "demo" },
            Image = new ImageReference { Selector = new ImageSelector { Names = ["*"] } }, Tags = ["golden"] },
    };

    /// <summary>The rules of kstatus for unknown kinds (sigs.k8s.io/cli-utils, pkg/kstatus).</summary>
    private static string Kstatus(V1Alpha1ImageTagSet set)
    {
        if (set.Metadata.DeletionTimestamp is not null) return "Terminating";
        if (set.Status.ObservedGeneration != set.Metadata.Generation) return "InProgress";
        if (set.Status.History().Find(Condition.Reconciling)?.Status == "True") return "InProgress";
        if (set.Status.History().Find(Condition.Stalled)?.Status == "True") return "Failed";
        return Ready(set).Status == "True" ? "Current" : "InProgress";
    }
}
