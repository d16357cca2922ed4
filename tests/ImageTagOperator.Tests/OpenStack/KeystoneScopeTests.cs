using ImageTagOperator.Contracts;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Sandbox.Cloud;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

public sealed class KeystoneScopeTests
{
    [Fact]
    public async Task An_unscoped_token_is_rejected_instead_of_listing_no_images()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        var image = cloud.AddImage("there", "old");
        var unscoped = CloudsYaml.Parse(cloud.CloudsYaml, "demo") with { Scope = new CloudScope() };
        using (var session = TestSession.Of(unscoped))
        {
            Assert.NotNull(await session.GetImageAsync(image.Id, TestContext.Current.CancellationToken));   // in the user's default project
        }

        cloud.Identity.User("demo").DefaultProject = null;
        using var lost = TestSession.Of(unscoped);
        foreach (var read in new Func<Task>[]
        {
            () => lost.GetImageAsync(image.Id, TestContext.Current.CancellationToken),
            () => lost.FindAsync("there", TestContext.Current.CancellationToken),
        })
        {
            var error = await Assert.ThrowsAsync<CloudException>(read);
            Assert.Equal(CloudErrorKind.CredentialsRejected, error.Kind);
            Assert.Contains(
                "gives user 'demo' a token without a project. Name the project in clouds.yaml", error.Message, StringComparison.Ordinal);
        }
    }
}
