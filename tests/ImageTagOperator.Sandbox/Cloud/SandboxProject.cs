namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>A Keystone project of the domain Default. Images belong to projects.</summary>
public sealed class SandboxProject(string name)
{
    public string Id { get; } = Guid.NewGuid().ToString("n");

    public string Name { get; } = name;

    /// <summary>The tokens of a disabled project are rejected, and no new ones are issued for it.</summary>
    public bool Enabled { get; set; } = true;
}
