using System.Diagnostics;

namespace ImageTagOperator.Benchmarks;

/// <summary>The real servers of the hack folder. Starts them when they do not run.</summary>
internal static class Servers
{
    /// <param name="script">The script's name, such as <c>kubernetes</c> for hack/kubernetes.sh.</param>
    /// <param name="variable">A variable that the script's <c>env</c> command sets.</param>
    /// <returns>The variable's value.</returns>
    public static async Task<string> UpAsync(string script, string variable)
    {
        var commands = $"hack/{script}.sh up >&2 && eval \"$(hack/{script}.sh env)\" && printf %s \"${variable}\"";
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", commands]) { RedirectStandardOutput = true })!;
        var value = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 && value.Length > 0
            ? value
            : throw new InvalidOperationException(
                $"hack/{script}.sh did not come up: exit code {process.ExitCode}, {variable} is '{value}'");
    }
}
