using System.Reflection;
using System.Text.RegularExpressions;
using ImageTagOperator.Controllers;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Architecture;

/// <summary>The layers of the code, and their allowed dependencies.</summary>
public sealed partial class HouseTests
{
    private static readonly string Sources = Path.Combine(CommandRun.RepositoryFolder(), "src");

    private static readonly Assembly Planning = typeof(ImagePlan).Assembly;
    private static readonly Assembly OpenStack = typeof(CloudSession).Assembly;
    private static readonly Assembly Kubernetes = typeof(KubernetesClient).Assembly;

    [Fact]
    public void Planning_references_nothing_but_the_base_library() => Assert.DoesNotContain(
        Planning.GetReferencedAssemblies(), reference => !reference.Name!.StartsWith("System.", StringComparison.Ordinal));

    /// <summary>Planning has no clock, randomness, files or network: time and randomness are parameters.</summary>
    [Fact]
    public void Planning_is_pure()
    {
        var impure = Files("ImageTagOperator.Planning").Where(file => Impure().IsMatch(file.Text)).Select(file => file.Name);
        Assert.Empty(impure);
    }

    [Fact]
    public void Cloud_and_cluster_reference_neither_each_other_nor_the_operator()
    {
        foreach (var room in new[] { OpenStack, Kubernetes })
        {
            Assert.DoesNotContain(room.GetReferencedAssemblies(), reference => IsOurs(reference.Name!));
        }
    }

    /// <summary>Reconciliation only uses the API's types and its ports. Only the adapters use the cluster.</summary>
    [Theory]
    [InlineData("Reconciliation")]
    [InlineData("Memory")]
    public void The_engine_references_no_cluster(string folder)
    {
        var files = Files("ImageTagOperator").Where(file => file.Name.StartsWith($"{folder}/", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(files);
        Assert.Empty(files.Where(file => OfTheCluster().IsMatch(file.Text)).Select(file => file.Name));
    }

    [Theory]
    [InlineData("ImageTagOperator")]
    [InlineData("ImageTagOperator.Planning")]
    public void The_namespace_is_the_folder(string project)
    {
        foreach (var (name, text) in Files(project))
        {
            if (Declared().Match(text) is not { Success: true } declared) continue;
            var folder = Path.GetDirectoryName(name)!.Replace('/', '.');
            Assert.Equal((name, folder.Length == 0 ? project : $"{project}.{folder}"), (name, declared.Groups[1].Value));
        }
    }

    [Fact]
    public void Only_the_adapters_and_the_commands_talk_to_the_cluster()
    {
        var outside = Files("ImageTagOperator").Where(file => file.Text.Contains("IKubernetesClient", StringComparison.Ordinal))
            .Select(file => file.Name.Split('/')[0]).Distinct();
        Assert.Subset(new HashSet<string> { nameof(Controllers), "Commands", "Hosting" }, outside.ToHashSet());
        Assert.Equal(nameof(Controllers), typeof(ImageTagSetController).Namespace!.Split('.')[^1]);
    }

    /// <summary>In tests, lines with quoted data can be longer.</summary>
    [Theory]
    [InlineData("src", false)]
    [InlineData("tests", true)]
    [InlineData("bench", true)]
    public void A_line_has_140_columns_at_most(string folder, bool mayHaveData)
    {
        const int columns = 140;
        var root = Path.Combine(CommandRun.RepositoryFolder(), folder);
        var tooLong = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (Place: $"{Path.GetRelativePath(root, file)}:{index + 1}", Line: line)))
            .Where(line => line.Line.Length > columns && !(mayHaveData && line.Line.AsSpan().ContainsAny('"', '{')));
        Assert.Empty(tooLong.Select(line => line.Place));
    }

    private static bool IsOurs(string assembly) => assembly.StartsWith("ImageTagOperator", StringComparison.Ordinal)
        || assembly == "image-tag-operator";

    private static IEnumerable<(string Name, string Text)> Files(string project)
    {
        var root = Path.Combine(Sources, project);
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path.GetRelativePath(root, file), File.ReadAllText(file)))
            .Where(file => !file.Item1.StartsWith("obj/", StringComparison.Ordinal)
                && !file.Item1.StartsWith("bin/", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\b(TimeProvider|UtcNow|Random|File|Directory|HttpClient|Environment|Task|async)\b")]
    private static partial Regex Impure();

    [GeneratedRegex(@"\b(IKubernetesClient|KubernetesException|EventPublisher|ReconciliationResult|V1Secret|IEntityController)\b")]
    private static partial Regex OfTheCluster();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declared();
}
