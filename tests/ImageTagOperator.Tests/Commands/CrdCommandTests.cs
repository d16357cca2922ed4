using ImageTagOperator.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Commands;

public sealed class CrdCommandTests
{
    [Fact]
    public async Task The_committed_definition_is_that_of_the_types()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "ImageTagOperator.sln"))) folder = folder.Parent;
        var committed = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "config", "crds", "imagetags.io_imagetagsets.yaml"));
        Assert.True(committed == CrdCommand.Yaml(), "config/crds is stale: run 'make crds' and commit the result");
    }
}
