namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>A Keystone project of the domain Default. Images belong to projects.</summary>
public sealed class SandboxProject(string name)
{
    public string Id { get; } = Guid.NewGuid().ToString("n");

    public string Name { get; } = name;

    /// <summary>Tokens of a disabled project stop working and none can be had for it.</summary>
    public bool Enabled { get; set; } = true;
}
