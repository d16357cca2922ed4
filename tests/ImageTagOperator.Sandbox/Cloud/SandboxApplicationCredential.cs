namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>A Keystone application credential: it logs in as its user, and always to its own project.</summary>
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

    /// <summary>True once it was taken away, which makes its tokens worthless at once.</summary>
    public bool Removed { get; internal set; }

    /// <summary>Null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
}
