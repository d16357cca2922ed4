namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>A Keystone application credential. Its tokens are of its user, always in its own project.</summary>
public sealed class SandboxApplicationCredential
{
    internal SandboxApplicationCredential(string name, SandboxUser user, SandboxProject project, string secret)
    {
        Name = name;
        User = user;
        Project = project;
        Secret = secret;
    }

    public string Id { get; } = Guid.NewGuid().ToString("n");

    public string Name { get; }

    public SandboxUser User { get; }

    public SandboxProject Project { get; }

    public string Secret { get; set; }

    /// <summary>True after the credential was deleted, which revokes its tokens at once.</summary>
    public bool Removed { get; internal set; }

    /// <summary>Null when it never expires.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
}
