using ImageTagOperator.Kubernetes.Entities;
using k8s.Models;
using Xunit;

namespace ImageTagOperator.Tests.Tripwires;

/// <summary>The package's types, which the operator uses, and their JSON, which it does not use.</summary>
public sealed class ModelTripwires
{
    [Fact]
    [Tripwire("A MicroTime on a whole second is written without its six digits, which the API server refuses", "Json/MicroTimeConverter.cs",
        "Json/PackageTypes.cs")]
    public void A_micro_time_on_a_whole_second_is_written_without_its_digits()
    {
        var json = k8s.KubernetesJson.Serialize(new V1LeaseSpec { RenewTime = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) });
        Assert.Contains("renewTime", json, StringComparison.Ordinal);
        Tripwire.AssertGap(json.Contains("\"2026-01-01T00:00:00Z\"", StringComparison.Ordinal), json);
    }

    [Fact]
    [Tripwire("An object keeps its managed fields: 3,952 bytes of memory instead of 1,073 for one of the study", "Json/PackageTypes.cs")]
    public void An_object_keeps_its_managed_fields()
    {
        var lease = k8s.KubernetesJson.Deserialize<V1Lease>(
            """{"metadata":{"name":"a","managedFields":[{"manager":"kubectl","fieldsV1":{"f:spec":{}}}]}}""");
        Assert.Equal("a", lease.Metadata.Name);
        Tripwire.AssertGap(lease.Metadata.ManagedFields is { Count: 1 });
    }

    [Fact]
    [Tripwire("SelfSubjectAccessReview does not say its name in a path", "Entities/EntityDefinition.cs")]
    public void SelfSubjectAccessReview_has_no_plural()
    {
        Assert.Equal("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", EntityDefinition.Of<V1SelfSubjectAccessReview>().Path(null));
        var entity = (KubernetesEntityAttribute)Attribute.GetCustomAttribute(
            typeof(V1SelfSubjectAccessReview), typeof(KubernetesEntityAttribute))!;
        Tripwire.AssertGap(string.IsNullOrEmpty(entity.PluralName), entity.PluralName);
    }

    [Fact]
    [Tripwire("Its condition says nothing of lengths and patterns: a definition made of it would lose them",
        "Abstractions/Entities/V1Condition.cs")]
    public void The_condition_of_the_package_has_no_constraints()
    {
        var reason = typeof(k8s.Models.V1Condition).GetProperty(nameof(k8s.Models.V1Condition.Reason))!;
        Tripwire.AssertGap(
            reason.CustomAttributes.All(attribute => attribute.AttributeType.Namespace!.StartsWith("System.", StringComparison.Ordinal)));
    }

    [Fact]
    [Tripwire(
        "There is no cache, no work queue, no event recorder and no generator of definitions",
        "Watching/EntityCache.cs", "Queueing/WorkQueue.cs", "Controllers/EntityWorkers.cs", "Events/EventRecorder.cs",
            "Crds/CustomResourceDefinition.cs")]
    public void There_is_no_cache_queue_recorder_or_generator()
    {
        string[] words = ["Informer", "Reflector", "Cache", "WorkQueue", "RateLimiter", "Recorder", "Transpiler", "CrdGenerator"];
        string[] found = [.. typeof(k8s.Kubernetes).Assembly.GetExportedTypes()
            .Where(type => type.Namespace != typeof(V1Lease).Namespace)
            .Select(type => type.Name)
            .Where(name => words.Any(word => name.Contains(word, StringComparison.Ordinal)))];
        Tripwire.AssertGap(found.Length == 0, string.Join(", ", found));
    }
}
