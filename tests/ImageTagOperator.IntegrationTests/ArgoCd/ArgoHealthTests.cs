using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Tests.Reconciliation;
using Xunit;

namespace ImageTagOperator.IntegrationTests.ArgoCd;

/// <summary>The health that Argo CD shows for each status of the operator, computed by the committed script.</summary>
public sealed class ArgoHealthTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly SetResult InSync = Results.InSync(Now);

    public static TheoryData<string> Reasons =>
        [.. typeof(Reason).GetFields(BindingFlags.Public | BindingFlags.Static).Where(one => one.FieldType == typeof(Reason))
            .Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task A_set_is_degraded_only_when_a_person_must_act(string name)
    {
        var reason = (Reason)typeof(Reason).GetField(name)!.GetValue(null)!;
        var expected = reason.Kind is ProblemKind.Stalled or ProblemKind.Unforeseen ? "Degraded" : "Progressing";
        foreach (var before in new[] { null, InSync, SetResult.Suspended })
        {
            var set = Set();
            if (before is not null) set.Status = StatusBuilder.After(set, before, Now);
            set.Status = StatusBuilder.After(set, SetResult.Failed(new Problem(reason, "Image 'grün' says \"no\".\nTry again.")), Now);
            var health = await HealthAsync(set);
            Assert.Equal(expected, (string)health["status"]!);
            // A command may follow the message.
            Assert.StartsWith($"{name}: Image 'grün' says \"no\".\\x0aTry again.", (string)health["message"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_set_in_order_is_healthy()
    {
        var set = Set();
        set.Status = StatusBuilder.After(set, InSync, Now);
        Assert.Equal("Healthy", (string)(await HealthAsync(set))["status"]!);
    }

    [Fact]
    public async Task A_status_of_another_generation_is_ignored()
    {
        foreach (var outcome in new[] { InSync, SetResult.Suspended, SetResult.Failed(new Problem(Reason.InvalidSpec, "No.")) })
        {
            var set = Set();
            set.Status = StatusBuilder.After(set, outcome, Now);
            set.Metadata.Generation++;
            set.Spec.Suspend = outcome.IsSuspended;
            Assert.Equal("Progressing", (string)(await HealthAsync(set))["status"]!);
        }
    }

    [Fact]
    public async Task A_suspended_invalid_set_is_degraded()
    {
        var set = Set();
        set.Spec.Suspend = true;
        set.Status = StatusBuilder.After(set, SetResult.Failed(new Problem(Reason.InvalidSpec, "No.")), Now);
        Assert.Equal("Degraded", (string)(await HealthAsync(set))["status"]!);
    }

    private static Task<JsonNode> HealthAsync(V1Alpha1ImageTagSet set) =>
        ArgoSettings.Committed.HealthAsync(JsonSerializer.SerializeToNode(set, ImageTagSetJson.Default.V1Alpha1ImageTagSet)!);

    private static V1Alpha1ImageTagSet Set() => new()
    {
        Metadata = new() { Name = "set", NamespaceProperty = "images", Generation = 7 },
        Spec = { CloudCredentialsRef = new CloudCredentialsRef { SecretName = "openstack-clouds", CloudName = "demo" },
            Image = new ImageReference { Name = "grün" }, Tags = ["golden"] },
    };
}
