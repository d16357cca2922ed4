using System.Collections.Concurrent;
using System.Diagnostics;

namespace ImageTagOperator.Sandbox.Demo;

/// <summary>The real operator as a child process of the demo. It ends with the demo.</summary>
internal sealed class DemoOperator : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();

    private DemoOperator(Process process) => this.process = process;

    public string Log => string.Join("\n", lines);

    public bool HasExited => process.HasExited;

    public static DemoOperator Start(string executable, string kubeconfig)
    {
        var shown = new DemoOperator(new Process { StartInfo = Redirected(executable, "run", "--kubeconfig", kubeconfig,
            "--health-address", "http://127.0.0.1:0") });
        shown.process.OutputDataReceived += (_, e) => shown.lines.Enqueue(e.Data ?? "");
        shown.process.ErrorDataReceived += (_, e) => shown.lines.Enqueue(e.Data ?? "");
        shown.process.Start();
        shown.process.BeginOutputReadLine();
        shown.process.BeginErrorReadLine();
        return shown;
    }

    /// <summary>Runs a command of the operator's binary and returns its output.</summary>
    public static async Task<string> OutputOfAsync(string executable, params string[] arguments)
    {
        using var once = Process.Start(Redirected(executable, arguments))!;
        var errors = once.StandardError.ReadToEndAsync();
        var printed = await once.StandardOutput.ReadToEndAsync();
        await once.WaitForExitAsync();
        return once.ExitCode == 0 ? printed : throw new InvalidOperationException(
            $"{executable} {string.Join(' ', arguments)} ended with {once.ExitCode}: {await errors}");
    }

    /// <summary>SIGTERM, as from Ctrl-C or a kubelet.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static ProcessStartInfo Redirected(string executable, params string[] arguments) =>
        new(Path.GetFullPath(executable), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
}
