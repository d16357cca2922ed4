using ImageTagOperator.Scenarios;

namespace ImageTagOperator.Tests.Scenarios;

public sealed class SandboxDeclarationTests : DeclarationScenarios<SandboxWorld>;

public sealed class SandboxDeletionTests : DeletionScenarios<SandboxWorld>;

public sealed class SandboxProblemTests : ProblemScenarios<SandboxWorld>;

public sealed class SandboxPolicyTests : PolicyScenarios<SandboxWorld>;

public sealed class SandboxProcessTests : ProcessScenarios<SandboxWorld>;

public sealed class SandboxSelectorTests : SelectorScenarios<SandboxWorld>;

public sealed class SandboxDriftTests : DriftScenarios<SandboxWorld>;

public sealed class SandboxContentionTests : ContentionScenarios<SandboxWorld>;

public sealed class SandboxValidationTests : ValidationScenarios<SandboxWorld>;

public sealed class SandboxEventTests : EventScenarios<SandboxWorld>;

public sealed class SandboxSharingTests : SharingScenarios<SandboxWorld>;

public sealed class SandboxCloudChangeTests : CloudChangeScenarios<SandboxWorld>;

public sealed class SandboxPackageClientTests : PackageClientScenarios<SandboxWorld>;

public sealed class SandboxHandOverTests : HandOverScenarios<SandboxWorld>;

public sealed class SandboxReleaseTests : ReleaseScenarios<SandboxWorld>;
