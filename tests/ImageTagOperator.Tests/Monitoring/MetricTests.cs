using System.Text.RegularExpressions;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>Each metric counts exactly what happened.</summary>
public sealed class MetricTests
{
    [Fact]
    public async Task Writes_are_counted_by_verb_and_outcome_and_requests_by_operation_and_status()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        var image = world.Cloud.AddImage("ubuntu", "old");
        await using var running = await MonitoredOperator.StartAsync(world, time: new SlowTime());
        var set = world.Set("ubuntu", image.Id, "golden", "lts");
        set.Spec.Interval = "24h";
        await world.CreateAsync(set);
        await world.ReadyAsync("ubuntu", "True");
        await WaitUntilIdleAsync(world, running);

        var samples = running.Samples;
        var cloud = new Uri(world.Cloud.Url).Authority;
        Assert.Equal(2, samples["imagetags_tag_writes_total{outcome=\"done\",verb=\"add\"}"]);
        Assert.Equal(1, samples["imagetags_tag_writes_total{outcome=\"done\",verb=\"remove\"}"]);
        Assert.Equal(0, samples["imagetags_tag_writes_total{outcome=\"forbidden\",verb=\"add\"}"]);
        Assert.Equal(2, samples[$"imagetags_cloud_requests_total{{cloud=\"{cloud}\",operation=\"add_tag\",status=\"204\"}}"]);
        Assert.Equal(1, samples[$"imagetags_cloud_requests_total{{cloud=\"{cloud}\",operation=\"remove_tag\",status=\"204\"}}"]);
        Assert.Equal(1, samples[$"imagetags_cloud_requests_total{{cloud=\"{cloud}\",operation=\"create_token\",status=\"201\"}}"]);
        // one read for the plan, and one to verify
        Assert.Equal(2, samples[$"imagetags_cloud_requests_total{{cloud=\"{cloud}\",operation=\"show_image\",status=\"200\"}}"]);
        Assert.Equal(2, samples[$"imagetags_cloud_request_duration_seconds_count{{cloud=\"{cloud}\",operation=\"add_tag\"}}"]);
        Assert.Equal(2, samples[$"imagetags_cloud_request_duration_seconds_bucket{{cloud=\"{cloud}\",operation=\"add_tag\",le=\"+Inf\"}}"]);
        Assert.Equal(world.Cloud.Calls.All.Count(call => call.UserAgent != GlanceClient.UserAgent && call.UserAgent is not null),
            samples[$"imagetags_cloud_wait_duration_seconds_count{{cloud=\"{cloud}\"}}"]);
        Assert.Equal(1, samples[$"imagetags_cloud_token_renewals_total{{cloud=\"{cloud}\",result=\"success\"}}"]);
        Assert.Equal(0, samples[$"imagetags_cloud_token_renewals_total{{cloud=\"{cloud}\",result=\"rejected\"}}"]);
        Assert.Equal(0, samples[$"imagetags_cloud_circuit_open{{cloud=\"{cloud}\"}}"]);
        Assert.Equal(1, samples["imagetags_reconciles_total{kind=\"ImageTagSet\",reason=\"InSync\",result=\"success\"}"]);
        Assert.Equal(1, samples["imagetags_reconcile_duration_seconds_count{kind=\"ImageTagSet\",result=\"success\"}"]);
        Assert.Equal(1, samples["imagetags_queue_latency_seconds_count{kind=\"ImageTagSet\"}"]);
        Assert.Equal(0, samples["imagetags_queue_depth{kind=\"ImageTagSet\"}"]);
        Assert.Equal(0, samples["imagetags_workers_busy{kind=\"ImageTagSet\"}"]);
        Assert.Equal(64, samples["imagetags_workers{kind=\"ImageTagSet\"}"]);
        Assert.Equal(1, samples["imagetags_leader"]);
        Assert.Equal(1, samples["imagetags_sets{reason=\"InSync\",state=\"ready\"}"]);
        Assert.Equal(1, samples["imagetags_images"]);
        Assert.Equal(2, samples["imagetags_tags"]);
        Assert.Equal(0, samples["imagetags_drift_found_total"]);
        Assert.Equal(1, Assert.Single(samples, sample => sample.Key.StartsWith("imagetags_build_info{", StringComparison.Ordinal)).Value);
        Assert.InRange(samples["imagetags_sets_longest_seconds{reason=\"InSync\",state=\"ready\"}"], 0, 60);
    }

    [Fact]
    public async Task Drift_is_counted_when_it_is_found_and_when_it_is_corrected()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        var (corrected, observed) = (world.Cloud.AddImage("mended"), world.Cloud.AddImage("observed", "golden"));
        await using var running = await MonitoredOperator.StartAsync(world);
        await world.CreateAsync(world.Set("mended", corrected.Id, "golden", "lts"));
        var watching = world.Set("observed", observed.Id, "golden");
        watching.Spec.Mode = TagSetMode.Observe;
        await world.CreateAsync(watching);
        await world.ReadyAsync("mended", "True");
        await world.ReadyAsync("observed", "True");
        Assert.Equal((0, 0), Drift(running));

        // One tag is missing and one is undeclared; the second image has an undeclared tag, which the set may not remove.
        corrected.SetTags("lts", "intruder");
        observed.SetTags("golden", "intruder");
        await world.RequestAsync("mended", "now");
        await world.RequestAsync("observed", "now");
        await world.TagsAsync(corrected.Id, "golden", "lts");
        await world.ReadyAsync("observed", "False", "Drifted");
        await WaitUntilIdleAsync(world, running);
        Assert.Equal((3, 2), Drift(running));
        Assert.Equal(1, running.Sample("imagetags_sets{reason=\"Drifted\",state=\"drifted\"}"));

        // A known drift is not counted again.
        await world.RequestAsync("observed", "again");
        await world.UntilAsync(
            () => Task.FromResult(running.Sample("imagetags_reconciles_total{kind=\"ImageTagSet\",reason=\"Drifted\",result=\"success\"}")),
            count => count >= 2, "a second look", count => $"there were {count}");
        Assert.Equal((3, 2), Drift(running));
    }

    [Fact]
    public async Task Problems_are_counted_by_kind()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        var image = world.Cloud.AddImage("ubuntu");
        world.Cloud.Faults.Add("PUT", "*/tags/*", new Fault { Status = 403 }, times: 1);
        await using var running = await MonitoredOperator.StartAsync(world);
        await world.CreateAsync(world.Set("missing", Guid.NewGuid().ToString(), "golden"));
        await world.CreateAsync(world.Set("ubuntu", image.Id, "golden"));
        await world.ReadyAsync("missing", "False", "ImageNotFound");
        await world.ReadyAsync("ubuntu", "False", "Forbidden");
        await WaitUntilIdleAsync(world, running);
        Assert.Equal(1, running.Sample("imagetags_sets{reason=\"ImageNotFound\",state=\"stalled\"}"));
        Assert.Equal(1, running.Sample("imagetags_tag_writes_total{outcome=\"forbidden\",verb=\"add\"}"));
        Assert.Equal(1, running.Sample("imagetags_reconciles_total{kind=\"ImageTagSet\",reason=\"Forbidden\",result=\"success\"}"));
    }

    [Fact]
    public async Task A_silent_server_opens_its_circuit_and_unsent_requests_are_counted_separately()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        var cloud = new Uri(world.Cloud.Url).Authority;
        world.Cloud.Faults.Add("POST", "*", new Fault { ResetBeforeWork = true });
        await using var running = await MonitoredOperator.StartAsync(world);
        await world.CreateAsync(world.Set("ubuntu", world.Cloud.AddImage("ubuntu").Id, "golden"));
        await world.UntilAsync(
            () => Task.FromResult(running.Samples),
            samples => samples.GetValueOrDefault($"imagetags_cloud_circuit_open{{cloud=\"{cloud}\"}}") == 1
                && samples.Any(sample => sample.Key.StartsWith($"imagetags_cloud_requests_total{{cloud=\"{cloud}\"",
                    StringComparison.Ordinal) && sample.Key.Contains("not_sent", StringComparison.Ordinal)),
            "an open circuit", _ => running.Text);
        Assert.Contains(running.Samples, sample => sample.Key.StartsWith($"imagetags_cloud_requests_total{{cloud=\"{cloud}\"",
            StringComparison.Ordinal) && sample.Key.Contains("no_answer", StringComparison.Ordinal) && sample.Value >= 3);
        Assert.True(
            running.Sample("imagetags_reconciles_total{kind=\"ImageTagSet\",reason=\"Transient\",result=\"retry\"}") >= 1, running.Text);
        Assert.True(running.Sample($"imagetags_cloud_token_renewals_total{{cloud=\"{cloud}\",result=\"failed\"}}") >= 3, running.Text);
    }

    [Fact]
    public async Task Only_the_leader_of_two_replicas_reports_the_sets()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        await world.CreateAsync(world.Set("ubuntu", world.Cloud.AddImage("ubuntu").Id, "golden"));
        await using var first = await MonitoredOperator.StartAsync(world, leaderElection: true);
        await world.ReadyAsync("ubuntu", "True");
        await using var second = await MonitoredOperator.StartAsync(world, leaderElection: true);
        Assert.Equal((1, 0), (first.Sample("imagetags_leader"), second.Sample("imagetags_leader")));
        Assert.Equal(
            (64, 0), (first.Sample("imagetags_workers{kind=\"ImageTagSet\"}"), second.Sample("imagetags_workers{kind=\"ImageTagSet\"}")));
        Assert.Contains("imagetags_sets{", first.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("imagetags_sets{", second.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_fails_is_counted()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        world.Cluster.Faults.Add("GET", "*watch=*", new Fault { Status = 500 }, times: 2);
        await using var running = await MonitoredOperator.StartAsync(world);
        await world.UntilAsync(
            () => Task.FromResult(running.Sample("imagetags_watch_restarts_total{kind=\"ImageTagSet\",reason=\"failed\"}")), count =>
                count == 2, "two failed watches", _ => running.Text);
    }

    [Fact]
    public async Task A_rejected_login_is_counted()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        var cloud = new Uri(world.Cloud.Url).Authority;
        var image = world.Cloud.AddImage("ubuntu");
        await world.DeleteSecretAsync();
        await world.CreateSecretAsync(world.CloudsYaml.Replace("demo-secret", "wrong", StringComparison.Ordinal));
        await using var running = await MonitoredOperator.StartAsync(world, time: new SlowTime());
        await world.CreateAsync(world.Set("ubuntu", image.Id, "golden"));
        await world.ReadyAsync("ubuntu", "False", "CredentialsRejected");
        await WaitUntilIdleAsync(world, running);
        Assert.Equal(1, running.Sample($"imagetags_cloud_token_renewals_total{{cloud=\"{cloud}\",result=\"rejected\"}}"));
        Assert.Equal(1, running.Sample($"imagetags_cloud_requests_total{{cloud=\"{cloud}\",operation=\"create_token\",status=\"401\"}}"));
        Assert.Equal(1, running.Sample("imagetags_sets{reason=\"CredentialsRejected\",state=\"stalled\"}"));
    }

    [Fact]
    public async Task A_thousand_sets_have_as_many_series_as_ten()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        await using var running = await MonitoredOperator.StartAsync(world);
        await CreateAsync(world, 0, 10);
        var few = await SeriesAsync(world, running, 10);
        await CreateAsync(world, 10, 1000);
        var many = await SeriesAsync(world, running, 1000);
        var started = TimeProvider.System.GetTimestamp();
        for (var scrape = 0; scrape < 100; scrape++) _ = running.Text;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"a scrape takes {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / 100:0.00} ms and is {running.Text.Length} "
            + "characters long");
        Assert.Equal(few.Order(StringComparer.Ordinal), many.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(running.Text, "set-", StringComparison.Ordinal);
        Assert.DoesNotContain(world.Namespace, running.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Cloud.Images[0].Id, running.Text, StringComparison.Ordinal);

        static async Task CreateAsync(SandboxWorld world, int from, int to)
        {
            for (var number = from; number < to; number++)
            {
                var set = world.Set($"set-{number}", world.Cloud.AddImage($"image-{number}", "old").Id, $"tag-{number}");
                set.Spec.Interval = "10m";
                await world.CreateAsync(set);
            }
        }

        // A lasting state, or a shared list request, adds no new series.
        static async Task<string[]> SeriesAsync(SandboxWorld world, MonitoredOperator running, int sets)
        {
            await world.UntilAsync(
                () => Task.FromResult(running.Sample("imagetags_sets{reason=\"InSync\",state=\"ready\"}")), ready => ready == sets,
                $"{sets} sets to be ready", ready => $"{ready} are");
            await WaitUntilIdleAsync(world, running);
            return [.. running.Samples.Keys.Select(series => Regex.Replace(series, "operation=\"[a-z_]+\"", "operation=\"any\""))
                .Distinct()];
        }
    }

    /// <summary>Waits until the reconcile that wrote the status has ended and is counted.</summary>
    private static Task WaitUntilIdleAsync(SandboxWorld world, MonitoredOperator running) => world.UntilAsync(
        () => Task.FromResult(running.Samples),
        samples => samples["imagetags_workers_busy{kind=\"ImageTagSet\"}"] == 0
            && samples["imagetags_queue_depth{kind=\"ImageTagSet\"}"] == 0,
        "nothing to run", _ => running.Text);

    private static (double Found, double Mended) Drift(MonitoredOperator running) =>
        (running.Sample("imagetags_drift_found_total"), running.Sample("imagetags_drift_mended_total"));
}
