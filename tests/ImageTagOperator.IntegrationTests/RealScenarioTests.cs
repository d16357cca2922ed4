using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests;

public sealed class RealDeclarationTests : DeclarationScenarios<RealWorld>;

public sealed class RealDeletionTests : DeletionScenarios<RealWorld>;

public sealed class RealProblemTests : ProblemScenarios<RealWorld>;

public sealed class RealPolicyTests : PolicyScenarios<RealWorld>;

public sealed class RealProcessTests : ProcessScenarios<RealWorld>;

public sealed class RealSelectorTests : SelectorScenarios<RealWorld>;

public sealed class RealDriftTests : DriftScenarios<RealWorld>;

public sealed class RealContentionTests : ContentionScenarios<RealWorld>;

public sealed class RealValidationTests : ValidationScenarios<RealWorld>;

public sealed class RealEventTests : EventScenarios<RealWorld>;

public sealed class RealSharingTests : SharingScenarios<RealWorld>;

public sealed class RealCloudChangeTests : CloudChangeScenarios<RealWorld>;

public sealed class RealPackageClientTests : PackageClientScenarios<RealWorld>;

public sealed class RealHandOverTests : HandOverScenarios<RealWorld>;

public sealed class RealReleaseTests : ReleaseScenarios<RealWorld>;
