using System.Diagnostics;
using ImageTagOperator.Hosting;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>Command lines of users, and the results.</summary>
public sealed class ProgramReports
{
    // argoproj/argo-workflows#1237, dotnet/aspnetcore#24384
    [Theory]
    [InlineData("127.0.0.1:8080")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://my-host:8080")]
    [InlineData("https://0.0.0.0:8080")]
    [InlineData(":8080")]
    public async Task An_invalid_health_address_is_one_sentence(string address)
    {
        using var run = new CommandRun();
        var (code, output, error) = await run.TypeAsync($"run --health-address {address}");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("--health-address must be a URL such as http://0.0.0.0:8080", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    // CoreWCF/CoreWCF#100, home-operations/kopiur#181
    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://localhost:8080/")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://*:8080")]
    public void A_valid_health_address_is_accepted(string address) => Assert.Null(ListenAddress.Problem(address, "http://0.0.0.0:8080"));

    // volcano-sh/volcano#5673, kubernetes-sigs/kueue#15490
    [Theory]
    [InlineData("--deletion-deadline -5", "--deletion-deadline must be at least 0.")]
    [InlineData("--cloud-rate 0", "--cloud-rate must be at least 1.")]
    public async Task A_number_out_of_range_is_rejected(string option, string expected)
    {
        using var run = new CommandRun();
        var (code, _, error) = await run.TypeAsync($"run {option}");
        Assert.Equal(1, code);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    // kyma-project/btp-manager#220
    [Fact]
    public void The_list_of_all_reasons_is_complete() => Assert.Equal(
        typeof(Reason).GetFields().Where(field => field.FieldType == typeof(Reason)).Select(field => (Reason)field.GetValue(null)!)
            .OrderBy(reason => reason.Name, StringComparer.Ordinal),
        Reason.All.OrderBy(reason => reason.Name, StringComparer.Ordinal));

    // spencertipping/cd#6
    [Theory]
    [InlineData("serve --help", 0)]
    [InlineData("--help", 0)]
    [InlineData("serve --verbose", 2)]
    public async Task The_sandbox_shows_its_help_and_creates_no_files(string arguments, int code)
    {
        using var run = new CommandRun();
        using var sandbox = Sandbox(run.Folder, arguments);
        var printed = await sandbox.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
            + await sandbox.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await sandbox.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(code, sandbox.ExitCode);
        Assert.Contains("image-tag-sandbox serve [FOLDER]", printed, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(run.Folder));
    }

    // nutanix/kubectl-karbon#12
    [Fact]
    public async Task The_sandbox_does_not_overwrite_a_clouds_yaml_of_the_user()
    {
        using var run = new CommandRun();
        run.Write("clouds.yaml", "mine");
        using var sandbox = Sandbox(run.Folder, "serve .");
        var error = await sandbox.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await sandbox.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, sandbox.ExitCode);
        Assert.Contains("clouds.yaml is there already, and is not overwritten", error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(run.Folder, "clouds.yaml"), TestContext.Current.CancellationToken));
    }

    // runtimeverification/haskell-backend#3557
    [Fact]
    public async Task The_sandbox_uses_a_temporary_folder_and_deletes_it()
    {
        using var run = new CommandRun();
        run.Write("clouds.yaml", "mine");
        using var sandbox = Sandbox(run.Folder, "serve");
        string? line, folder = null;
        do
        {
            line = await sandbox.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            if (line?.Contains("Their files are in ", StringComparison.Ordinal) == true) folder = line.Split("Their files are in ")[1]
                .Split(';')[0];
        }
        while (line?.Contains("Ctrl-C here ends it", StringComparison.Ordinal) == false);

        Assert.True(File.Exists(Path.Combine(folder!, "clouds.yaml")));
        using (var kill = Process.Start("kill", ["-TERM", $"{sandbox.Id}"])) await kill.WaitForExitAsync(
            TestContext.Current.CancellationToken);
        await sandbox.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, sandbox.ExitCode);
        Assert.False(Directory.Exists(folder));
        Assert.Equal(["clouds.yaml"], Directory.EnumerateFileSystemEntries(run.Folder).Select(Path.GetFileName));
    }

    private static Process Sandbox(string folder, string arguments) => Process.Start(new ProcessStartInfo(
        Path.Combine(AppContext.BaseDirectory, "image-tag-sandbox"), arguments) { WorkingDirectory = folder, RedirectStandardOutput = true,
            RedirectStandardError = true })!;
}
