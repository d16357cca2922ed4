using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Leases: positive durations.</summary>
internal sealed class LeaseRules : ResourceRules
{
    public override IEnumerable<FieldError> Validate(JsonObject after, JsonObject? before)
    {
        if (after.Integer("spec", "leaseDurationSeconds") is <= 0 and var duration)
            yield return FieldError.Invalid("spec.leaseDurationSeconds", duration, "must be greater than 0");
        if (after.Integer("spec", "leaseTransitions") is < 0 and var transitions)
            yield return FieldError.Invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0");
    }
}
