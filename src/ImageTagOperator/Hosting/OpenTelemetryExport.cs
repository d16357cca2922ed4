using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ImageTagOperator.Hosting;

/// <summary>Exports traces and metrics over OTLP as configured by the standard <c>OTEL_*</c> environment variables. Without an endpoint
/// nothing is exported.</summary>
internal sealed partial class OpenTelemetryExport : IDisposable
{
    private readonly TracerProvider? traces;
    private readonly MeterProvider? metrics;

    private OpenTelemetryExport(TracerProvider? traces, MeterProvider? metrics) => (this.traces, this.metrics) = (traces, metrics);

    /// <param name="variable">Reads an environment variable.</param>
    public static OpenTelemetryExport Start(string version, Func<string, string?> variable, ILogger<OpenTelemetryExport> logger)
    {
        if (string.Equals(variable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)) return new(null, null);
        var resource = ResourceBuilder.CreateEmpty().AddService("image-tag-operator", serviceVersion: version).AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        return new(
            !IsEnabled("TRACES") ? null : Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .SetSampler(SamplerOf(variable("OTEL_TRACES_SAMPLER"), variable("OTEL_TRACES_SAMPLER_ARG")))
                .AddSource("ImageTagOperator.*")
                .AddOtlpExporter(otlp => Configure(otlp, "TRACES"))
                .Build(),
            !IsEnabled("METRICS") ? null : Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter("ImageTagOperator", "ImageTagOperator.*")
                .AddOtlpExporter((otlp, _) => Configure(otlp, "METRICS"))
                .Build());

        bool IsEnabled(string signal) =>
            variable($"OTEL_{signal}_EXPORTER") is null or "" or "otlp"     // empty means not set: OpenTelemetry, environment variables
            && (!string.IsNullOrEmpty(variable("OTEL_EXPORTER_OTLP_ENDPOINT"))
                || !string.IsNullOrEmpty(variable($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")));

        // The exporter itself reads the variables that apply to all signals.
        void Configure(OtlpExporterOptions otlp, string signal)
        {
            if (variable($"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") is { Length: > 0 } protocol) otlp.Protocol = protocol == "grpc"
                ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            if (variable($"OTEL_EXPORTER_OTLP_{signal}_HEADERS") is { Length: > 0 } headers) otlp.Headers = headers;
            var (timeout, endpoint) = ($"OTEL_EXPORTER_OTLP_{signal}_TIMEOUT", $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");
            if (int.TryParse(variable(timeout), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
            {
                otlp.TimeoutMilliseconds = milliseconds;
            }
            else if (variable(timeout) is { Length: > 0 })
            {
                LogIgnored(logger, timeout, "a number of milliseconds");
            }

            if (Uri.TryCreate(variable(endpoint), UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            {
                otlp.Endpoint = address;
            }
            else if (variable(endpoint) is { Length: > 0 })
            {
                LogIgnored(logger, endpoint, "a URL with http or https");
            }
        }
    }

    /// <summary>Flushes and stops the exporters.</summary>
    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
    }

    private static Sampler SamplerOf(string? name, string? argument)
    {
        var ratio = double.TryParse(argument, CultureInfo.InvariantCulture, out var given) ? given : 1;
        return name switch
        {
            "always_off" or "parentbased_always_off" => new AlwaysOffSampler(),
            "traceidratio" or "parentbased_traceidratio" => new ParentBasedSampler(new RandomPartSampler(ratio)),
            _ => new ParentBasedSampler(new AlwaysOnSampler()),
        };
    }

    /// <summary>Does not log the value, which can be a URL with a password.</summary>
    [LoggerMessage(12, LogLevel.Warning, "{Variable} is ignored: its value is not {Expected}")]
    private static partial void LogIgnored(ILogger logger, string variable, string expected);
}
