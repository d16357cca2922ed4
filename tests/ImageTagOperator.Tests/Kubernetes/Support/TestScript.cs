using System.Diagnostics;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>Scripts that a test writes and runs.</summary>
internal static class TestScript
{
    /// <summary>Makes a file executable. Another process copies it: a program that a parallel test starts at this moment inherits the files
    /// that are open for writing here, and Linux does not run a file that is open for writing ("text file busy").</summary>
    public static void MakeExecutable(string path)
    {
        using var copy = Process.Start("install", ["-m", "700", path, path + ".run"]);
        copy.WaitForExit();
        if (copy.ExitCode != 0) throw new InvalidOperationException($"install of {path} ended with exit code {copy.ExitCode}");
        File.Move(path + ".run", path, overwrite: true);
    }
}
