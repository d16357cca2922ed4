using ImageTagOperator.Contracts;
using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests;

public sealed class RealGlanceContract : GlanceContract<RealWorld>;

public sealed class RealCloudSessionContract : CloudSessionContract<RealWorld>
{
    protected override async Task<IRevocableUser> RevocableAsync(World world) => await RealUser.CreateAsync(world);
}

public sealed class RealKeystoneContract : KeystoneContract<RealWorld>
{
    protected override async Task<IApplicationCredential> ApplicationCredentialAsync(World world) =>
        await RealApplicationCredential.CreateAsync(world);
}

public sealed class RealKubernetesContract : KubernetesContract<RealWorld>;
