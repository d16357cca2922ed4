using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Leases: positive durations, and times converted to UTC.</summary>
internal sealed class LeaseRules : ResourceRules
{
    public override void Prepare(JsonObject after, JsonObject? before)
    {
        var spec = after.Child("spec");
        foreach (var name in (string[])["acquireTime", "renewTime"])
        {
            if (Timestamps.TryParse(spec.Text(name), out var time)) spec[name] = Timestamps.FormatMicro(time);
        }
    }

    public override IEnumerable<FieldError> Validate(JsonObject after, JsonObject? before)
    {
        if (after.Integer("spec", "leaseDurationSeconds") is <= 0 and var duration)
            yield return FieldError.Invalid("spec.leaseDurationSeconds", duration, "must be greater than 0");
        if (after.Integer("spec", "leaseTransitions") is < 0 and var transitions)
            yield return FieldError.Invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0");
    }
}
