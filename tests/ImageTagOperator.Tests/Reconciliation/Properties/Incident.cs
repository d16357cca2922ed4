namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>What befalls one request.</summary>
/// <param name="At">The number of the request, over all processes and both servers, from 1; what can befall a tag write only waits for the
/// next.</param>
/// <param name="Image">Where another client writes, unless the request itself is a tag write: then it is the same image.</param>
/// <param name="Tag">What another client writes.</param>
/// <param name="Adds">Another client's PUT; else its DELETE.</param>
internal sealed record Incident(int At, Mishap Kind, int Image, string Tag, bool Adds)
{
    public bool IsOthers => Kind is Mishap.OtherBefore or Mishap.OtherInside
            or Mishap.OtherBeforeSave or Mishap.OtherAround;

    public bool NeedsTagWrite =>
        Kind is Mishap.KillDuring or Mishap.TimeoutLate or Mishap.False404 or Mishap.OtherInside
            or Mishap.OtherBeforeSave or Mishap.OtherAround;

    public override string ToString() => IsOthers ? $"#{At} {Kind} {(Adds ? "PUT" : "DELETE")} '{Tag}' (image {Image})" : $"#{At} {Kind}";
}
