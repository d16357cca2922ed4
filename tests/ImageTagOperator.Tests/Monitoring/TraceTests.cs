using System.Diagnostics;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>Traces and metrics as a collector receives them, and the id that connects them to the cloud's log and the operator's.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task Each_reconcile_is_a_span_with_a_child_for_each_cloud_call_and_the_cloud_knows_its_id()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        var image = world.Cloud.AddImage("ubuntu", "old");
        await using var process = await StartAsync(
            world, new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url, ["OTEL_METRIC_EXPORT_INTERVAL"] = "500" });
        var set = world.Set("ubuntu", image.Id, "golden", "lts");
        set.Spec.Interval = "24h";
        var clock = Stopwatch.StartNew();
        await world.CreateAsync(set);
        await world.ReadyAsync("ubuntu", "True");
        clock.Stop();
        await world.UntilAsync(() => Task.FromResult(receiver.Metrics.Keys), names => names.Contains("imagetags.sets"),
            "metrics of a leader", names => string.Join(", ", names));
        Assert.Equal(0, await process.StopAsync());     // the shutdown sends the remaining spans

        Assert.Equal("image-tag-operator", receiver.Resource["service.name"]);
        Assert.True(receiver.Resource.ContainsKey("service.version"));
        var root = Assert.Single(receiver.Spans, span => span.Parent.Length == 0);
        Assert.Equal("Reconcile ImageTagSet", root.Name);
        Assert.Equal(("ubuntu", world.Namespace), (root.Attributes["k8s.object.name"], root.Attributes["k8s.namespace.name"]));
        Assert.Equal(("success", "InSync"), (root.Attributes["imagetags.result"], root.Attributes["imagetags.reason"]));
        var children = receiver.Spans.Where(span => span.Parent.Length > 0).ToArray();
        Assert.All(children, child => Assert.Equal((root.Trace, root.Id), (child.Trace, child.Parent)));
        var names = children.Select(child => child.Name).Order(StringComparer.Ordinal).ToList();
        // When more than five seconds pass between the first read and the writes, one more read is correct.
        if (clock.Elapsed > TimeSpan.FromSeconds(5) && names.Count == 7) names.Remove("show_image");
        Assert.Equal(["add_tag", "add_tag", "create_token", "remove_tag", "show_image", "show_image"], names);
        Assert.All(
            children.Where(child => child.Name == "add_tag"), child => Assert.Equal("204", child.Attributes["http.response.status_code"]));

        // The same id is in the cloud's log and in every line of the operator's log.
        var id = Guid.ParseExact(root.Trace, "N").ToString();
        var calls = world.Cloud.Calls.All.Where(call => call.UserAgent?.StartsWith("image-tag-operator/", StringComparison.Ordinal) == true)
            .ToArray();
        Assert.Equal(children.Length, calls.Length);
        Assert.All(calls, call => Assert.Equal($"req-{id}", call.RequestId));
        Assert.Contains($"=> {id} {world.Namespace}/ubuntu: image ubuntu ({image.Id}): added [golden, lts], removed [old]", process.Log,
            StringComparison.Ordinal);

        Assert.Contains("imagetags.reconciles", receiver.Metrics.Keys);
        Assert.Contains("imagetags.cloud.request.duration", receiver.Metrics.Keys);
    }

    [Fact]
    public async Task A_shared_request_has_the_id_of_one_of_its_reconciles()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        const int Sets = 20;
        for (var number = 0; number < Sets; number++) await world.CreateAsync(
            world.Set($"set-{number}", world.Cloud.AddImage($"image-{number}").Id, "golden"));
        await using var process = await StartAsync(world, new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url });
        for (var number = 0; number < Sets; number++) await world.ReadyAsync($"set-{number}", "True");
        Assert.Equal(0, await process.StopAsync());

        var roots = receiver.Spans.Where(span => span.Parent.Length == 0).ToDictionary(span => span.Trace);
        Assert.All(receiver.Spans.Where(span => span.Parent.Length > 0), span => Assert.Equal(roots[span.Trace].Id, span.Parent));
        var calls = world.Cloud.Calls.All.Where(call => call.UserAgent?.StartsWith("image-tag-operator/", StringComparison.Ordinal) == true)
            .ToArray();
        Assert.All(calls, call => Assert.Contains(Guid.Parse(call.RequestId!["req-".Length..]).ToString("N"), roots.Keys));
        // A write belongs to the span of its own set.
        Assert.Equal(Sets, calls.Where(call => call.Method == "PUT").DistinctBy(call => call.RequestId).Count());
    }

    [Fact]
    public async Task Traces_and_metrics_can_be_sent_by_gRPC()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        await using var process = await OperatorProcess.StartAsync(
            world.Executable, ["run", "--kubeconfig", world.Kubeconfig, "-n", world.Namespace], new Dictionary<string,
                string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.GrpcUrl });
        await world.CreateAsync(world.Set("ubuntu", world.Cloud.AddImage("ubuntu").Id, "golden"));
        await world.ReadyAsync("ubuntu", "True");
        Assert.Equal(0, await process.StopAsync());
        Assert.Contains(receiver.Spans, span => span.Name == "add_tag");
        Assert.Contains("imagetags.reconciles", receiver.Metrics.Keys);
    }

    [Fact]
    public async Task Traces_can_have_their_own_endpoint_and_service_name()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        await using var process = await StartAsync(world, new()
        {
            ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = receiver.Url + "/v1/traces",
            ["OTEL_SERVICE_NAME"] = "tags",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test",
        });
        await world.CreateAsync(world.Set("ubuntu", world.Cloud.AddImage("ubuntu").Id, "golden"));
        await world.ReadyAsync("ubuntu", "True");
        Assert.Equal(0, await process.StopAsync());
        Assert.Contains(receiver.Spans, span => span.Name == "add_tag");
        Assert.Empty(receiver.Metrics);
        Assert.Equal(("tags", "test"), (receiver.Resource["service.name"], receiver.Resource["deployment.environment.name"]));
    }

    [Fact]
    public async Task The_sampling_ratio_applies_within_one_process()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        const int Sets = 60;
        for (var number = 0; number < Sets; number++) await world.CreateAsync(
            world.Set($"set-{number}", world.Cloud.AddImage($"image-{number}", "golden").Id, "golden"));
        await using var process = await StartAsync(world, new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url, ["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio",
                ["OTEL_TRACES_SAMPLER_ARG"] = "0.5",
        });
        for (var number = 0; number < Sets; number++) await world.ReadyAsync($"set-{number}", "True");
        Assert.Equal(0, await process.StopAsync());
        // The probability of a result outside of this range is one in a million.
        Assert.InRange(receiver.Spans.Where(span => span.Parent.Length == 0).DistinctBy(span => span.Attributes["k8s.object.name"]).Count(),
            12, Sets - 5);
    }

    [Theory]
    [InlineData("OTEL_SDK_DISABLED", "true")]
    [InlineData("OTEL_TRACES_EXPORTER", "none")]
    public async Task Disabled_signals_are_not_sent(string name, string value)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        await using var process = await StartAsync(world, new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url, [name] = value });
        await world.CreateAsync(world.Set("ubuntu", world.Cloud.AddImage("ubuntu").Id, "golden"));
        await world.ReadyAsync("ubuntu", "True");
        Assert.Equal(0, await process.StopAsync());
        Assert.Empty(receiver.Spans);
        Assert.Equal(name == "OTEL_SDK_DISABLED", receiver.Metrics.IsEmpty);
    }

    [Fact]
    public async Task An_empty_variable_is_not_set_and_one_that_cannot_be_read_is_named_in_the_log()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        await using var process = await StartAsync(world, new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url,
            ["OTEL_TRACES_EXPORTER"] = "",
            ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"] = "soon",
            ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = "user:s3cr3t@collector",
        });
        await world.CreateAsync(world.Set("ubuntu", world.Cloud.AddImage("ubuntu").Id, "golden"));
        await world.ReadyAsync("ubuntu", "True");
        Assert.Equal(0, await process.StopAsync());
        Assert.Contains(receiver.Spans, span => span.Name == "add_tag");
        Assert.Contains("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT is ignored: its value is not a number of milliseconds", process.Log,
            StringComparison.Ordinal);
        Assert.Contains("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is ignored: its value is not a URL with http or https", process.Log,
            StringComparison.Ordinal);
        Assert.DoesNotContain("user:s3cr3t@", process.Log, StringComparison.Ordinal);
    }

    private static Task<OperatorProcess> StartAsync(SandboxWorld world, Dictionary<string, string> environment)
    {
        environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        return OperatorProcess.StartAsync(world.Executable, ["run", "--kubeconfig", world.Kubeconfig, "-n", world.Namespace], environment);
    }
}
