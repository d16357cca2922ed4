namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>What a token stands for. Without project, domain and system it is unscoped.</summary>
internal sealed record Token(SandboxUser User, TokenScope Scope, IReadOnlyList<string> Methods)
{
    private readonly int epoch = User.Epoch;

    public string Id { get; init; } = "";

    public DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>What it was had with, if not with a password. Such a token cannot be traded for another.</summary>
    public SandboxApplicationCredential? Credential { get; init; }

    public string AuditId { get; } = TokenStore.RandomText(16);

    /// <summary>Set once Glance has checked the token: it then goes on accepting it while Keystone is down.</summary>
    public bool KnownToGlance { get; set; }

    /// <summary>Whether the user has lost something since.</summary>
    public bool IsRevoked => !User.Enabled || epoch != User.Epoch || Scope.Project is { Enabled: false } || Credential is { Removed: true };

    public bool IsAdmin => Roles.Contains("admin");

    public string? ProjectId => Scope.Project?.Id;
}

/// <summary>Where a token is valid: at most one of the three.</summary>
internal sealed record TokenScope(SandboxProject? Project = null, bool Domain = false, bool System = false)
{
    public static TokenScope None { get; } = new();

    public static TokenScope Of(SandboxProject? project) => project is null ? None : new(project);
}
