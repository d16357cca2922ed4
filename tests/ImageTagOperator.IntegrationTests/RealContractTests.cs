using ImageTagOperator.Contracts;
using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests;

public sealed class RealGlanceContract : RealGlanceContract<RealWorld>;

public sealed class RealCloudSessionContract : RealCloudSessionContract<RealWorld>;

public sealed class RealKeystoneContract : RealKeystoneContract<RealWorld>;

public sealed class RealKubernetesContract : KubernetesContract<RealWorld>;

public abstract class RealGlanceContract<TWorld> : GlanceContract<TWorld>
    where TWorld : World, IWorldFactory
{
    protected override async Task<IRevocableUser> ReaderAsync(World world) => await RealUser.CreateAsync(world, "reader");
}

public abstract class RealCloudSessionContract<TWorld> : CloudSessionContract<TWorld>
    where TWorld : World, IWorldFactory
{
    protected override async Task<IRevocableUser> RevocableAsync(World world) => await RealUser.CreateAsync(world, "member");
}

public abstract class RealKeystoneContract<TWorld> : KeystoneContract<TWorld>
    where TWorld : World, IWorldFactory
{
    protected override async Task<IApplicationCredential> ApplicationCredentialAsync(World world) =>
        await RealApplicationCredential.CreateAsync(world);
}
