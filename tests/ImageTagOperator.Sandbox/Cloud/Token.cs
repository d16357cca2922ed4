namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>The user, scope and roles of a token. A token without project, domain and system is unscoped.</summary>
internal sealed record Token(SandboxUser User, TokenScope Scope, IReadOnlyList<string> Methods)
{
    private readonly int epoch = User.Epoch;

    public string Id { get; init; } = "";

    public DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The application credential of the login; null when it was a password. Such a token cannot be exchanged for
    /// another.</summary>
    public SandboxApplicationCredential? Credential { get; init; }

    public string AuditId { get; } = TokenStore.RandomText(16);

    /// <summary>Set when Glance has validated the token: Glance then accepts it while Keystone is down.</summary>
    public bool KnownToGlance { get; set; }

    /// <summary>Whether the user, project or credential was disabled, deleted or changed since the login.</summary>
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
