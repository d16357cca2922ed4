namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>A credential for Keystone. <see cref="ToString"/> never contains the secret.</summary>
public abstract record CloudCredential
{
    /// <summary>The user or application credential for error messages, without the secret.</summary>
    public abstract string Description { get; }

    public sealed override string ToString() => Description;
}

/// <summary>Keystone's <c>password</c> method. The user is given by ID, or by name and domain.</summary>
public sealed record PasswordCredential(string? UserId, string? Username, Domain? UserDomain, string Password) : CloudCredential
{
    public override string Description => $"user '{Username ?? UserId}'";
}

/// <summary>Keystone's <c>application_credential</c> method. It is given by ID, or by name and user, and has its own scope.</summary>
public sealed record ApplicationCredential(string? Id, string? Name, string? UserId, string? Username, Domain? UserDomain, string Secret)
    : CloudCredential
{
    public override string Description => $"application credential '{Name ?? Id}'";
}

/// <summary>Keystone's <c>token</c> method: an existing token is exchanged for a new one.</summary>
public sealed record TokenCredential(string Token) : CloudCredential
{
    public override string Description => "the token of clouds.yaml";
}
