using System.Text.RegularExpressions;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Architecture;

/// <summary>The operator uses its runtime through one folder, so that another runtime with the same names can replace it.</summary>
public sealed partial class RuntimeSeamTests
{
    /// <summary>The composition root, and commands that use a cluster or read manifests without the runtime.</summary>
    private static readonly string[] Composition = ["Commands", "Hosting", "Runtime"];

    private static readonly string Sources = Path.Combine(CommandRun.RepositoryFolder(), "src");

    [Fact]
    public void Planning_and_reconciliation_only_use_the_abstractions_of_the_runtime()
    {
        var files = Files("ImageTagOperator")
            .Where(file => !Composition.Any(folder => file.Name.StartsWith($"{folder}/", StringComparison.Ordinal))).ToArray();
        Assert.True(files.Length > 30, "the folder was not found");
        var wrong = files.SelectMany(file => Used(file.Text)
            .Where(name => name is not ("ImageTagOperator.Kubernetes.Abstractions" or "k8s" or "k8s.Models"))
            .Select(name => $"{file.Name}: {name}"));
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_abstractions_do_not_reference_their_implementation()
    {
        var files = Files("ImageTagOperator.Kubernetes").Where(file => file.Name.StartsWith("Abstractions/", StringComparison.Ordinal))
            .ToArray();
        Assert.True(files.Length > 30, "the folder was not found");
        Assert.All(
            files, file => Assert.Contains("namespace ImageTagOperator.Kubernetes.Abstractions;", file.Text, StringComparison.Ordinal));
        Assert.Empty(files.SelectMany(file => Used(file.Text).Select(name => $"{file.Name}: {name}")));
        var inner = typeof(ImageTagOperator.Kubernetes.Client.KubernetesClient).Assembly.GetTypes()
            .Where(type => type is { IsNested: false } && type.Namespace?.StartsWith("ImageTagOperator.Kubernetes",
            StringComparison.Ordinal) == true && !type.Namespace.EndsWith("Abstractions", StringComparison.Ordinal))
            .Select(type => type.Name.Split('`')[0]).ToHashSet();
        var leaks = files.SelectMany(file => Word().Matches(Comment().Replace(file.Text, "")).Select(word => word.Value)
            .Where(inner.Contains).Select(name => $"{file.Name}: {name}"));
        Assert.Empty(leaks);
    }

    [Fact]
    public void Only_types_of_KubernetesClient_are_in_the_program()
    {
        var banned = File.ReadAllLines(Path.Combine(Sources, "BannedSymbols.KubernetesClient.txt")).Select(line => line.Split(';')[0])
            .ToArray();
        foreach (var name in (string[])["T:k8s.Kubernetes", "T:k8s.KubernetesJson", "T:k8s.KubernetesYaml", "T:k8s.Watcher`1",
            "T:k8s.LeaderElection.LeaderElector", "T:k8s.Models.V1Status"])
        {
            Assert.Contains(name, banned);
        }

        // A name that is missing in the package would ban nothing.
        Assert.All(banned, name => Assert.NotNull(typeof(k8s.Kubernetes).Assembly.GetType(name[2..])));
    }

    private static IEnumerable<(string Name, string Text)> Files(string project)
    {
        var root = Path.Combine(Sources, project);
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllText(file)))
            .Where(file => !file.Item1.StartsWith("obj/", StringComparison.Ordinal)
                && !file.Item1.StartsWith("bin/", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Used(string text) => Using().Matches(text).Select(found => found.Groups["name"].Value);

    [GeneratedRegex(@"^(?:global )?using (?:\w+ = )?(?<name>(?:ImageTagOperator\.Kubernetes|k8s)\b[\w.]*)", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"//[^\n]*|<see cref=""[^""]*""/>")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\b[A-Z]\w+\b")]
    private static partial Regex Word();
}
