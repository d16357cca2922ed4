using ImageTagOperator.Entities;
using ImageTagOperator.Reconciliation;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>What people saw in a status, and what it meant.</summary>
public sealed class StatusReports
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // argoproj/argo-cd#14607
    [Theory]
    [InlineData("10m", 30)]
    [InlineData("1m", 10)]
    [InlineData("1h", 30)]
    public void What_should_heal_and_does_not_says_since_when_once(string interval, int minutes)
    {
        var set = new V1Alpha1ImageTagSet { Metadata = { Name = "a", NamespaceProperty = "b", Generation = 1 }, Spec = { Interval = interval } };
        var told = new List<int>();
        for (var minute = 0; minute < 90; minute++)
        {
            var before = set.Status;
            set.Status = StatusBuilder.After(set, Outcome.Failed(new Problem(Reason.Transient, $"no answer {minute}.")), Start.AddMinutes(minute));
            if (StatusBuilder.HasBecomeLasting(before, set.Status)) told.Add(minute);
        }

        Assert.Equal([minutes + 1], told);
        Assert.Equal($"no answer {minutes + 1}. It has been so since 2026-03-01T12:00:00Z.", StatusBuilder.Find(set.Status, "Reconciling")!.Message);
    }
}
