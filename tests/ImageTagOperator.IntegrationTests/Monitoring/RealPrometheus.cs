using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Monitoring;

/// <summary>Debian's Prometheus, which scrapes one operator every second.</summary>
internal sealed class RealPrometheus : IAsyncDisposable
{
    private readonly Process process;
    private readonly DirectoryInfo folder;
    private readonly HttpClient http = new();
    private readonly string url;

    private RealPrometheus(Process process, DirectoryInfo folder, string url) =>
        (this.process, this.folder, this.url) = (process, folder, url);

    /// <summary>The Prometheus files of the chart.</summary>
    public static string Rules { get; } = Path.Combine(RealServers.Root, "charts", "image-tag-operator", "files", "alerts.yaml");

    /// <summary>Skips the test when the real servers do not run.</summary>
    public static void Needed()
    {
        if (File.Exists("/usr/bin/promtool")) return;
        if (Environment.GetEnvironmentVariable("ITO_REQUIRE_SERVERS") is null) Assert.Skip("promtool is not installed: run hack/prometheus.sh up");
        throw new InvalidOperationException("promtool is not installed, and ITO_REQUIRE_SERVERS is set: run hack/prometheus.sh up");
    }

    /// <param name="target">Host and port.</param>
    public static async Task<RealPrometheus> StartAsync(string target)
    {
        var folder = Directory.CreateTempSubdirectory("prometheus-");
        var configuration = Path.Combine(folder.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ['{{Rules}}']
            scrape_configs:
            - job_name: image-tag-operator
              static_configs:
              - targets: ['{{target}}']
                labels: {namespace: tags}
            """);
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var address = $"127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        var start = new ProcessStartInfo(
            "/usr/bin/prometheus", [$"--config.file={configuration}", $"--storage.tsdb.path={folder.FullName}/data",
                $"--web.listen-address={address}", "--log.level=warn"])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return new RealPrometheus(process, folder, $"http://{address}");
    }

    /// <summary>The result of an instant query: one value per series, which may be NaN.</summary>
    public async Task<IReadOnlyList<double>> QueryAsync(string query)
    {
        using var form = new FormUrlEncodedContent([new("query", query)]);
        HttpResponseMessage response;
        try
        {
            response = await http.PostAsync(new Uri($"{url}/api/v1/query"), form);
        }
        catch (HttpRequestException) when (!process.HasExited)
        {
            return [];      // not listening yet
        }

        using (response)
        {
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable) return [];
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            if ((string?)answer["status"] != "success") throw new InvalidOperationException($"{query}: {answer["error"]}");
            return [.. answer["data"]!["result"]!.AsArray()
                .Select(series => double.Parse((string)series!["value"]![1]!, CultureInfo.InvariantCulture))];
        }
    }

    public async Task<IReadOnlyList<string>> LoadedAlertsAsync()
    {
        var answer = JsonNode.Parse(await http.GetStringAsync(new Uri($"{url}/api/v1/rules")))!;
        return [.. answer["data"]!["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray())
            .Select(rule => $"{rule!["name"]} {rule["health"]}")];
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }
}
