using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Tests.Reconciliation;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>Statuses that users misunderstood, and their meaning.</summary>
public sealed class StatusReports
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // openstack-k8s-operators/keystone-operator#250
    [Fact]
    public void A_ready_set_that_becomes_invalid_by_an_edit_is_not_ready()
    {
        var set = Ready();
        set.Metadata.Generation++;
        set.Status = StatusBuilder.After(set, SetResult.Failed(new Problem(Reason.CredentialsRejected, "No.")), Start.AddMinutes(1));
        var ready = set.Status.History().Find(Condition.Ready)!;
        Assert.Equal(("False", "CredentialsRejected", 2L), (ready.Status, ready.Reason, ready.Generation));
    }

    // openshift/enhancements#1025, openshift/enhancements#1346
    [Fact]
    public void A_status_shows_its_age()
    {
        var set = Ready();
        for (var hour = 1; hour <= 24; hour++)
        {
            set.Status = StatusBuilder.After(set, Results.InSync(Start.AddHours(hour)), Start.AddHours(hour));
            Assert.Equal(Start.AddHours(hour), set.Status.LastVerifiedTime);
        }

        set.Status = StatusBuilder.After(set, SetResult.Failed(new Problem(Reason.Transient, "No.")), Start.AddHours(30));
        Assert.Equal(Start.AddHours(24), set.Status.LastVerifiedTime);
    }

    // argoproj/argo-cd#5620
    [Theory]
    [InlineData("10m", 30)]
    [InlineData("1m", 10)]
    [InlineData("1h", 30)]
    public void A_lasting_transient_problem_reports_its_start_once(string interval, int minutes)
    {
        var set = new V1Alpha1ImageTagSet { Metadata = { Name = "a", NamespaceProperty = "b", Generation = 1 },
            Spec = { Interval = interval } };
        var reported = new List<int>();
        for (var minute = 0; minute < 90; minute++)
        {
            var before = set.Status;
            set.Status = StatusBuilder.After(
                set, SetResult.Failed(new Problem(Reason.Transient, $"no answer {minute}.")), Start.AddMinutes(minute));
            if (set.Status.History().IsLasting && !before.History().IsLasting) reported.Add(minute);
        }

        Assert.Equal([minutes + 1], reported);
        // The status has the words of that time, not the first ones.
        Assert.Equal($"no answer {minutes + 1}. It has been so since 2026-03-01T12:00:00Z.", set.Status.History()
            .Find(Condition.Reconciling)!.Message);
    }

    private static V1Alpha1ImageTagSet Ready()
    {
        var set = new V1Alpha1ImageTagSet
        {
            Metadata = new() { Name = "a", NamespaceProperty = "b", Generation = 1 },
            Spec = { Image = new ImageReference { Selector = new ImageSelector { Names = ["*"] } } },
        };
        set.Status = StatusBuilder.After(set, Results.InSync(Start), Start);
        return set;
    }
}
