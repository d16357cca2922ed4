using ImageTagOperator.Benchmarks.Clouds;
using ImageTagOperator.Benchmarks.Tools;
using ImageTagOperator.Tests.Tenants;
using Microsoft.AspNetCore.Http;

namespace ImageTagOperator.Benchmarks;

/// <summary>The time until an edit in one namespace reaches its image, alone and while 5,000 sets of another namespace attack the operator:
/// endless lists, a cloud that never responds, large error pages, wrong addresses and passwords, missing Secrets.</summary>
internal sealed class Isolation : Benchmark
{
    private const string Attacker = "attacker";
    private const int Edits = 40;
    private const int Rounds = 500;

    private static readonly string[] Kinds =
        ["endless", "silent", "large", "scheme", "password", "missing", "missing-1", "missing-2", "missing-3", "missing-4"];

    public override async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        await using var cloud = await EmbeddedCloud.StartAsync();
        await using var process = await OperatorProcess.StartAsync(1_000_000, "artifacts/publish/image-tag-operator");
        var image = (await cloud.ImagesAsync(1))[0];
        await process.ConvergeAsync(cloud, [image], ["golden"], "1h");
        var alone = await EditsAsync(process, cloud, image, "quiet");

        await using var endless = await HostileCloud.StartAsync();
        await using var silent = await HostileCloud.StartAsync();
        await using var large = await HostileCloud.StartAsync();
        endless.Images = (http, _) => HostileCloud.JsonAsync(http, HostileCloud.Page([$"{Guid.NewGuid()}"], next: "/v2/images?marker=x"));
        silent.Images = (http, _) => HostileCloud.HangAsync(http);
        large.Images = (http, _) =>
        {
            http.Response.StatusCode = 500;
            return http.Response.WriteAsync(string.Concat(Enumerable.Repeat("<head", 200_000)), http.RequestAborted);
        };
        process.AddNamespace(Attacker);
        process.AddSecret(Attacker, "endless", endless.CloudsYaml);
        process.AddSecret(Attacker, "silent", silent.CloudsYaml);
        process.AddSecret(Attacker, "large", large.CloudsYaml);
        process.AddSecret(Attacker, "scheme", cloud.CloudsYaml.Replace("http://", "https://", StringComparison.Ordinal));
        process.AddSecret(Attacker, "password", cloud.CloudsYaml.Replace("demo-secret", "wrong", StringComparison.Ordinal));
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var kind in Kinds) process.AddSet(Attacker, $"{kind}-{round}", kind, $"{Guid.NewGuid()}", ["mine"]);
        }

        var attacked = await EditsAsync(process, cloud, image, "attacked");
        if (new[] { endless, silent, large }.Any(hostile => hostile.Calls.All.Count == 0))
        {
            throw new InvalidOperationException("a hostile cloud got no request, so there was no attack");
        }

        return
        [
            new("an edit reaches its image: median", Part(alone, 0.5), "s"),
            new("an edit reaches its image: 95th percentile", Part(alone, 0.95), "s"),
            .. Attacked("median", 0.5),
            .. Attacked("95th percentile", 0.95),
            .. Attacked("longest", 1),
        ];

        Row[] Attacked(string name, double part) =>
        [
            new($"an edit reaches its image while 5,000 sets of another namespace attack: {name}", Part(attacked, part), "s",
                "without them", Part(attacked, part) / Part(alone, part)),
        ];
    }

    private static double Part(double[] sorted, double part) => sorted[(int)Math.Ceiling(part * sorted.Length) - 1];

    /// <summary>In seconds, sorted.</summary>
    private static async Task<double[]> EditsAsync(OperatorProcess process, EmbeddedCloud cloud, string image, string name)
    {
        List<double> latencies = [];
        for (var i = 0; i < Edits; i++)
        {
            var tag = $"{name}-{i}";
            latencies.Add(await TimeAsync(async () =>
            {
                process.Edit(image, [tag]);
                await UntilAsync(() => cloud.Images[0].Tags is [var only] && only == tag, $"the image has {tag}");
            }));
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        }

        return [.. latencies.Order()];
    }
}
