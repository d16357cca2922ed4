using System.Diagnostics.Metrics;
using ImageTagOperator.Entities;
using ImageTagOperator.Hosting.Metrics;
using ImageTagOperator.Telemetry;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.Reconciliation;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>The metric of the oldest verification, with a fake clock.</summary>
public sealed class VerificationMetricTests
{
    private static readonly DateTimeOffset Now = new FakeTimeProvider().GetUtcNow();

    [Theory]
    [InlineData("10m", 179, 0)]
    [InlineData("10m", 181, 181)]
    [InlineData("24h", 71 * 60, 0)]
    [InlineData("24h", 73 * 60, 73 * 60)]
    public void An_overdue_set_is_reported_with_its_age(string interval, int minutes, int expected)
    {
        var set = Set("InSync", Now.AddMinutes(-minutes));
        set.Spec.Interval = interval;
        Assert.Contains($"imagetags_sets_unverified_seconds{{reason=\"InSync\",state=\"ready\"}} {expected * 60}\n", Collect(set),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_oldest_set_counts_and_one_that_was_never_verified_has_its_own_age()
    {
        var never = Set("Transient", null);
        never.Metadata.CreationTimestamp = Now.AddHours(-6).UtcDateTime;
        var text = Collect(Set("Transient", Now.AddHours(-4)), Set("Transient", Now.AddHours(-5)), never, Set("InSync", Now));
        Assert.Contains(
            "imagetags_sets_unverified_seconds{reason=\"Transient\",state=\"unknown\"} 21600\n", text, StringComparison.Ordinal);
        Assert.Contains("imagetags_sets_unverified_seconds{reason=\"InSync\",state=\"ready\"} 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Suspended_and_deleted_sets_do_not_count()
    {
        var (suspended, leaving) = (Set("Suspended", Now.AddDays(-9)), Set("InSync", Now.AddDays(-9)));
        suspended.Spec.Suspend = true;
        leaving.Metadata.DeletionTimestamp = Now.UtcDateTime;
        Assert.DoesNotContain("imagetags_sets_unverified_seconds{", Collect(suspended, leaving), StringComparison.Ordinal);
    }

    private static string Collect(params V1Alpha1ImageTagSet[] sets)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var state = new OperatorState();
        state.SetLeader(() => true);
        _ = new SetGauges(meters, new SetCache { All = sets }, state, new OperatorOptions(), new FakeTimeProvider());
        using var collector = new MetricCollector(meters);
        return collector.Collect();
    }

    private static V1Alpha1ImageTagSet Set(string reason, DateTimeOffset? verified) => new()
    {
        Metadata = new() { Name = "set", NamespaceProperty = "images", CreationTimestamp = Now.AddDays(-30).UtcDateTime },
        Status = { Conditions = [new() { Type = "Ready", Status = reason == "InSync" ? "True" : "Unknown", Reason = reason }],
            LastVerifiedTime = verified },
    };
}
