using ImageTagOperator.Contracts;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Scenarios;

namespace ImageTagOperator.Tests.Contracts;

public sealed class SandboxGlanceContract : GlanceContract<SandboxWorld>
{
    // The default is the worst case, a proxy that removes the slash; Glance without a proxy does not.
    protected override void Prepare(World world) => ((SandboxWorld)world).Cloud.TrailingSlashDeletes = false;
}

public sealed class SandboxCloudSessionContract : CloudSessionContract<SandboxWorld>
{
    protected override Task<IRevocableUser> RevocableAsync(World world) => Task.FromResult<IRevocableUser>(new Demo((SandboxWorld)world));

    private sealed class Demo(SandboxWorld world) : IRevocableUser
    {
        public CloudConfiguration Cloud { get; } = CloudsYaml.Parse(world.CloudsYaml, "demo");

        public Task RevokeAsync()
        {
            world.Cloud.Identity.RevokeAllTokens();
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

public sealed class SandboxKeystoneContract : KeystoneContract<SandboxWorld>
{
    protected override Task<IApplicationCredential> ApplicationCredentialAsync(World world) =>
        Task.FromResult<IApplicationCredential>(new DemoApp(((SandboxWorld)world).Cloud.Identity.ApplicationCredentials[0]));

    private sealed class DemoApp(SandboxApplicationCredential credential) : IApplicationCredential
    {
        public string Id => credential.Id;

        public string Name => credential.Name;

        public string Secret => credential.Secret;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

public sealed class SandboxKubernetesContract : KubernetesContract<SandboxWorld>;
