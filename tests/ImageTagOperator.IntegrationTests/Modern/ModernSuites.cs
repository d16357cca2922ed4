using ImageTagOperator.Contracts;
using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests.Modern;

public sealed class ModernKubernetesContract : KubernetesContract<ModernWorld>;

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
