using ImageTagOperator.Contracts;
using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests.Modern;

public sealed class ModernKubernetesContract : KubernetesContract<ModernWorld>;

public sealed class ModernGlanceContract : GlanceContract<ModernWorld>;

public sealed class ModernCloudSessionContract : CloudSessionContract<ModernWorld>
{
    protected override async Task<IRevocableUser> RevocableAsync(World world) => await RealUser.CreateAsync(world);
}

public sealed class ModernKeystoneContract : KeystoneContract<ModernWorld>
{
    protected override async Task<IApplicationCredential> ApplicationCredentialAsync(World world) =>
        await RealApplicationCredential.CreateAsync(world);
}

public sealed class TrixieGlanceContract : GlanceContract<TrixieWorld>;

public sealed class TrixieCloudSessionContract : CloudSessionContract<TrixieWorld>
{
    protected override async Task<IRevocableUser> RevocableAsync(World world) => await RealUser.CreateAsync(world);
}

public sealed class TrixieKeystoneContract : KeystoneContract<TrixieWorld>
{
    protected override async Task<IApplicationCredential> ApplicationCredentialAsync(World world) =>
        await RealApplicationCredential.CreateAsync(world);
}

public sealed class ModernDeclarationTests : DeclarationScenarios<ModernWorld>;

public sealed class ModernDeletionTests : DeletionScenarios<ModernWorld>;

public sealed class ModernPolicyTests : PolicyScenarios<ModernWorld>;

public sealed class ModernSelectorTests : SelectorScenarios<ModernWorld>;

public sealed class ModernSharingTests : SharingScenarios<ModernWorld>;

public sealed class ModernValidationTests : ValidationScenarios<ModernWorld>
{
    /// <summary>A server with rules in CEL rejects everything that the operator rejects.</summary>
    protected override bool IsKnown(SpecCase what) => true;
}
