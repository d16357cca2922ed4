using ImageTagOperator.Contracts;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Tests.Scenarios;

namespace ImageTagOperator.Tests.Contracts;

/// <summary>A user of the project demo in the embedded cloud.</summary>
internal sealed class SandboxLogin(SandboxWorld world, string user) : IRevocableUser
{
    public CloudConfiguration Cloud { get; } = Named(CloudsYaml.Parse(world.CloudsYaml, "demo"), user);

    public Task RevokeAsync()
    {
        world.Cloud.Identity.RevokeAllTokens();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static CloudConfiguration Named(CloudConfiguration cloud, string user) =>
        cloud with { Credential = (PasswordCredential)cloud.Credential with { Username = user, Password = $"{user}-secret" } };
}
