using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ImageTagOperator.Scenarios;

/// <summary>The operator as a separate process, as users run it.</summary>
public sealed class OperatorProcess : IAsyncDisposable
{
    // Long enough for any busy machine. It ends the wait for an operator that hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private const int FirstPort = 12_000;

    private static int ports = Environment.ProcessId * 97;

    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();

    private OperatorProcess(Process process) => this.process = process;

    public string Log => string.Join("\n", lines);

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public required string HealthUrl { get; init; }

    /// <summary>The file in <c>ITO_OPERATOR</c>, which <c>make test-integration</c> sets to the published one; else the one that was built
    /// with the tests.</summary>
    public static string Executable { get; } =
        Environment.GetEnvironmentVariable("ITO_OPERATOR") is { Length: > 0 } file ? file
            : Path.Combine(AppContext.BaseDirectory, "image-tag-operator");

    /// <param name="environment">Variables in addition to this process's own environment.</param>
    /// <param name="logLevel">Null: as the arguments say.</param>
    /// <param name="untilReady">False when it never becomes ready.</param>
    public static async Task<OperatorProcess> StartAsync(
        string executable, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null,
            string? logLevel = "Debug", bool untilReady = true)
    {
        var health = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo(
            executable, [.. arguments, "--health-address", health, .. logLevel is null ? (string[])[] : ["--log-level", logLevel]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The process does not live long enough for tiered recompilation to pay off, which would take a third of its processor time.
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var process = new OperatorProcess(new Process { StartInfo = start }) { HealthUrl = health };
        process.process.OutputDataReceived += (_, e) => process.lines.Enqueue(e.Data ?? "");
        process.process.ErrorDataReceived += (_, e) => process.lines.Enqueue(e.Data ?? "");
        process.process.Start();
        process.process.BeginOutputReadLine();
        process.process.BeginErrorReadLine();
        if (untilReady) await process.ReadyAsync();
        return process;
    }

    /// <summary>SIGKILL: the process cannot finish anything.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as the kubelet sends it. Returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        return await ExitAsync();
    }

    /// <summary>SIGSTOP: the process stands still until <see cref="ThawAsync"/>.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Waits until the process has ended. Returns the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private async Task ReadyAsync()
    {
        using var http = new HttpClient();
        var clock = Stopwatch.StartNew();
        while (!process.HasExited && clock.Elapsed < Patience)
        {
            try
            {
                using var response = await http.GetAsync(new Uri(HealthUrl + "/readyz"));
                if (response.StatusCode == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        throw new TimeoutException($"the operator did not become ready:\n{Log}");
    }

    // Not an ephemeral port: another process could get it before the operator listens.
    private static int FreePort()
    {
        while (true)
        {
            var port = FirstPort + (int)((uint)Interlocked.Increment(ref ports) % 7000);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Try the next port.
            }
        }
    }
}
