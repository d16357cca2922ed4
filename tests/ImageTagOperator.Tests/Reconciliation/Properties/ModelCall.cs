namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>One request that reached the cloud.</summary>
/// <param name="Life">Of which process.</param>
/// <param name="Tag">Of a tag write; else null.</param>
/// <param name="WasThere">The tag was on the image before.</param>
/// <param name="Outcome">The status, or how else it ended.</param>
internal sealed record ModelCall(int Number, int Life, string Method, string Path, int Image, string? Tag, bool WasThere, string Outcome)
{
    public bool IsWrite => Method is "PUT" or "DELETE";

    public override string ToString() => $"#{Number} (life {Life}) {Method} {Path} -> {Outcome}";
}
