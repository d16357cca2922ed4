using Xunit;

namespace ImageTagOperator.IntegrationTests.ArgoCd;

public sealed class ArgoSnippetTests
{
    public static TheoryData<string> Snippets => [.. ArgoSettings.Snippets().Keys];

    /// <summary>Set by <c>make argocd</c>: writes the files.</summary>
    private static bool Rewrites => Environment.GetEnvironmentVariable("ITO_WRITE_ARGOCD") is { Length: > 0 };

    [Theory]
    [MemberData(nameof(Snippets))]
    public async Task The_ConfigMap_contains_the_scripts_unchanged(string file)
    {
        var path = Path.Combine(ArgoSettings.Folder, file);
        if (Rewrites) await File.WriteAllTextAsync(path, ArgoSettings.Snippets()[file]);
        Assert.True(
            ArgoSettings.Snippets()[file] == await File.ReadAllTextAsync(path), $"{file} is not what the scripts make of it: make argocd");
    }
}
