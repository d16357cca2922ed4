using ImageTagOperator.Contracts;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Scenarios;

namespace ImageTagOperator.Tests.Contracts;

public class SandboxGlanceContract : GlanceContract<SandboxWorld>
{
    // The default is the worst case, a proxy that removes the slash; Glance without a proxy does not.
    protected override void Prepare(World world) => ((SandboxWorld)world).Cloud.TrailingSlashDeletes = false;

    protected override Task<IRevocableUser> ReaderAsync(World world)
    {
        var identity = ((SandboxWorld)world).Cloud.Identity;
        identity.AddUser("reader", "reader-secret", identity.Project("demo"), "reader");
        return Task.FromResult<IRevocableUser>(new SandboxLogin((SandboxWorld)world, "reader"));
    }
}

public sealed class SandboxCurrentGlanceContract : SandboxGlanceContract
{
    protected override bool SecureRbac => true;

    protected override bool UnderUwsgi => true;

    protected override void Prepare(World world)
    {
        base.Prepare(world);
        var cloud = ((SandboxWorld)world).Cloud;
        (cloud.SecureRbac, cloud.UnderUwsgi) = (true, true);
    }
}

public sealed class SandboxCloudSessionContract : CloudSessionContract<SandboxWorld>
{
    protected override Task<IRevocableUser> RevocableAsync(World world) =>
        Task.FromResult<IRevocableUser>(new SandboxLogin((SandboxWorld)world, "demo"));
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
