namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>How to prove who we are to Keystone. Never prints its secret.</summary>
public abstract record CloudCredential
{
    /// <summary>Who this is, for error messages: a user or an application credential, without its secret.</summary>
    public abstract string Description { get; }

    public sealed override string ToString() => Description;
}

/// <summary>Keystone's <c>password</c> method. A user is known by id, or by name together with a domain.</summary>
public sealed record PasswordCredential(string? UserId, string? Username, Domain? UserDomain, string Password) : CloudCredential
{
    public override string Description => $"user '{Username ?? UserId}'";
}

/// <summary>Keystone's <c>application_credential</c> method: an id, or a name together with its user. It carries its own scope.</summary>
public sealed record ApplicationCredential(string? Id, string? Name, string? UserId, string? Username, Domain? UserDomain, string Secret)
    : CloudCredential
{
    public override string Description => $"application credential '{Name ?? Id}'";
}

/// <summary>Keystone's <c>token</c> method: a token made elsewhere, exchanged for one of ours.</summary>
public sealed record TokenCredential(string Token) : CloudCredential
{
    public override string Description => "the token of clouds.yaml";
}
