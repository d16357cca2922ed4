using ImageTagOperator.Contracts;
using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests.Modern;

public sealed class ModernKubernetesContract : KubernetesContract<ModernWorld>;

public sealed class ModernGlanceContract : RealGlanceContract<ModernWorld>
{
    protected override bool SecureRbac => true;

    protected override bool UnderUwsgi => true;
}

public sealed class ModernCloudSessionContract : RealCloudSessionContract<ModernWorld>;

public sealed class ModernKeystoneContract : RealKeystoneContract<ModernWorld>;

public sealed class TrixieGlanceContract : RealGlanceContract<TrixieWorld>
{
    protected override bool SecureRbac => true;
}

public sealed class TrixieCloudSessionContract : RealCloudSessionContract<TrixieWorld>;

public sealed class TrixieKeystoneContract : RealKeystoneContract<TrixieWorld>;

public sealed class ModernDeclarationTests : DeclarationScenarios<ModernWorld>;

public sealed class ModernDeletionTests : DeletionScenarios<ModernWorld>;

public sealed class ModernDriftTests : DriftScenarios<ModernWorld>;

public sealed class ModernContentionTests : ContentionScenarios<ModernWorld>;

public sealed class ModernCloudChangeTests : CloudChangeScenarios<ModernWorld>;

public sealed class ModernPolicyTests : PolicyScenarios<ModernWorld>;

public sealed class ModernSelectorTests : SelectorScenarios<ModernWorld>;

public sealed class ModernSharingTests : SharingScenarios<ModernWorld>;

public sealed class TrixieDeclarationTests : DeclarationScenarios<TrixieWorld>;

public sealed class TrixieDeletionTests : DeletionScenarios<TrixieWorld>;

public sealed class TrixieDriftTests : DriftScenarios<TrixieWorld>;

public sealed class TrixieSelectorTests : SelectorScenarios<TrixieWorld>;

public sealed class ModernValidationTests : ValidationScenarios<ModernWorld>
{
    /// <summary>A server with rules in CEL rejects everything that the operator rejects.</summary>
    protected override bool IsKnown(SpecCase what) => true;
}
