using System.Globalization;
using OpenTelemetry.Trace;

namespace ImageTagOperator.Hosting;

/// <summary>Samples a share of the traces by the last seven bytes of their IDs, which are the random part according to W3C Trace Context
/// Level 2. The SDK's ratio sampler uses the first bytes, which are the same for all traces of this process: it would keep all or
/// none.</summary>
internal sealed class RandomPartSampler(double ratio) : Sampler
{
    private const double All = 1L << 56;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var random = long.Parse(samplingParameters.TraceId.ToHexString().AsSpan(18), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new SamplingResult(random < ratio * All ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }
}
