using System.Text.RegularExpressions;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Architecture;

/// <summary>Only a registry and a forge can run the Dockerfile and the workflows. These tests check that they name the same commands and
/// files as the other tests run.</summary>
public sealed partial class ReleaseTests
{
    private static readonly string Repository = CommandRun.RepositoryFolder();

    [Fact]
    public void The_Dockerfile_publishes_with_the_command_of_make_publish()
    {
        var (make, docker) = (Read("Makefile"), Read("Dockerfile"));
        var command = PublishRecipe().Match(make).Groups[1].Value;
        Assert.Equal("hack/native.sh publish", command);
        Assert.Contains($"RUN {command}\n", docker, StringComparison.Ordinal);

        // All files that make checks, to decide whether to publish again, are copied to the publish stage.
        var sources = SourcesOfMake().Match(make).Groups[1].Value.Split(' ');
        var copied = Copies().Matches(docker).SelectMany(copy => copy.Groups[1].Value.Split(' ')).ToArray();
        Assert.Empty(sources.Except(copied));
        Assert.Contains("src", copied);
        Assert.Contains("hack/lib.sh", copied);     // hack/native.sh reads it
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Repository, path)), $"{path} does not exist"));
        Assert.Contains("COPY --from=build /source/artifacts/publish/image-tag-operator /usr/local/bin/image-tag-operator\n", docker,
            StringComparison.Ordinal);
        Assert.Contains("OUT=$ROOT/artifacts\n", Read("hack/native.sh"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_Dockerfile_and_the_script_that_the_tests_use_configure_the_same_image()
    {
        var (docker, script) = (Read("Dockerfile"), Read("hack/image.sh"));
        Assert.Contains("USER 65532:65532\n", docker, StringComparison.Ordinal);
        Assert.Contains("--user 65532:65532 ", script, StringComparison.Ordinal);
        Assert.Contains("EXPOSE 8080\n", docker, StringComparison.Ordinal);
        Assert.Contains("--port 8080 ", script, StringComparison.Ordinal);
        Assert.Contains("ENV DOTNET_EnableDiagnostics=0\n", docker, StringComparison.Ordinal);
        Assert.Contains("--env DOTNET_EnableDiagnostics=0 ", script, StringComparison.Ordinal);
        Assert.Contains("ENTRYPOINT [\"/usr/local/bin/image-tag-operator\"]\n", docker, StringComparison.Ordinal);
        Assert.Contains("--entrypoint '[\"/usr/local/bin/image-tag-operator\"]' ", script, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_external_image_and_action_is_pinned()
    {
        var images = Bases().Matches(Read("Dockerfile")).Select(image => image.Groups[1].Value).Where(image => image != "scratch")
            .ToArray();
        Assert.NotEmpty(images);
        Assert.All(images, image => Assert.Matches(@":\$\{DOTNET\}-noble(-chiseled)?$", image));
        Assert.Matches(@"(?m)^ARG DOTNET=\d+\.\d+$", Read("Dockerfile"));
        var actions = Workflows().SelectMany(text => Actions().Matches(text)).Select(action => action.Groups[1].Value)
            .Where(action => !action.StartsWith("./", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(actions);
        Assert.All(actions, action => Assert.Matches(@"@v\d+$", action));
    }

    [Fact]
    public void The_workflows_only_use_existing_files_and_targets()
    {
        var targets = Targets().Matches(Read("Makefile")).Select(target => target.Groups[1].Value).ToHashSet();
        foreach (var text in Workflows().Append(Read(".ci/run")))
        {
            Assert.All(MakeCalls().Matches(text), call => Assert.Contains(call.Groups[1].Value, targets));
            Assert.All(
                Paths().Matches(text), path => Assert.True(Path.Exists(Path.Combine(Repository, path.Value)), $"{path.Value} does not exist"));
        }

        // The files of the release are those that publishing writes, through the Dockerfile's stage of that name.
        var release = Read(".github/workflows/release.yaml");
        Assert.Contains("target: files\n", release, StringComparison.Ordinal);
        Assert.Contains(
            "FROM scratch AS files\nCOPY --from=build /source/artifacts/publish /\n", Read("Dockerfile"), StringComparison.Ordinal);
        Assert.Contains("mv files/image-tag-operator.dbg ", release, StringComparison.Ordinal);
    }

    /// <summary>Compressed as the benchmarks do to measure the size.</summary>
    [Fact]
    public void The_released_image_has_the_best_gzip_compression() =>
        Assert.Contains("compression=gzip,compression-level=9,force-compression=true", Read(".github/workflows/release.yaml"),
            StringComparison.Ordinal);

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository, path));

    private static IEnumerable<string> Workflows() => Directory.EnumerateFiles(Path.Combine(Repository, ".github", "workflows"), "*.yaml")
        .Select(File.ReadAllText);

    [GeneratedRegex(@"^artifacts/publish\.stamp: .*\n\t(.*)$", RegexOptions.Multiline)]
    private static partial Regex PublishRecipe();

    [GeneratedRegex(@"^SOURCES = \$\(shell .*\) (.*)$", RegexOptions.Multiline)]
    private static partial Regex SourcesOfMake();

    [GeneratedRegex(@"^COPY (?!--from)(.*) \S+$", RegexOptions.Multiline)]
    private static partial Regex Copies();

    [GeneratedRegex(@"^FROM (\S+)", RegexOptions.Multiline)]
    private static partial Regex Bases();

    [GeneratedRegex(@"uses: (\S+)")]
    private static partial Regex Actions();

    [GeneratedRegex(@"^([a-z0-9-]+):", RegexOptions.Multiline)]
    private static partial Regex Targets();

    [GeneratedRegex(@"(?:run: |&& |^ *)make ([a-z0-9-]+)", RegexOptions.Multiline)]
    private static partial Regex MakeCalls();

    [GeneratedRegex(@"(?<![\w./-])(\.ci|charts|hack)/[\w./-]*\w")]
    private static partial Regex Paths();
}
