using System.Collections.Concurrent;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>A Keystone user of the domain Default.</summary>
public sealed class SandboxUser
{
    private readonly ConcurrentDictionary<SandboxProject, IReadOnlyList<string>> roles = new();

    internal SandboxUser(string name, string password)
    {
        Name = name;
        Password = password;
    }

    public string Id { get; } = Guid.NewGuid().ToString("n");

    public string Name { get; }

    /// <summary>May be changed at any time, which makes the user's tokens worthless at once.</summary>
    public string Password
    {
        get;
        set
        {
            field = value;
            Epoch++;
        }
    }

    /// <summary>Tokens of a disabled user stop working and it cannot log in.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Where a login without a scope goes; null makes such a token unscoped.</summary>
    public SandboxProject? DefaultProject { get; set; }

    /// <summary>Roles on the domain, which a token with that scope has. None by default, not even an admin's.</summary>
    public IReadOnlyList<string> DomainRoles { get; set; } = [];

    /// <summary>Roles on the whole system, which a token with that scope has.</summary>
    public IReadOnlyList<string> SystemRoles { get; set; } = [];

    /// <summary>Gives exactly these roles in a project, such as <c>admin</c>, <c>member</c> or <c>reader</c>. None takes the user out of
    /// it. Taking one away makes the user's tokens worthless at once.</summary>
    public void SetRoles(SandboxProject project, params IReadOnlyList<string> names)
    {
        if (roles.GetValueOrDefault(project, []).Except(names).Any()) Epoch++;
        roles[project] = names;
    }

    /// <summary>Tokens of an earlier epoch are no longer good.</summary>
    internal int Epoch { get; private set; }

    /// <summary>The roles that a token of this scope has, with those they imply: an admin is a member, a member is a reader.</summary>
    internal IReadOnlyList<string> RolesIn(TokenScope scope)
    {
        var given = scope switch
        {
            { Project: { } project } => roles.GetValueOrDefault(project, []),
            { Domain: true } => DomainRoles,
            { System: true } => SystemRoles,
            _ => [],
        };
        return [.. given.Concat(given.SelectMany(Implied)).Distinct()];
    }

    private static string[] Implied(string role) => role switch
    {
        "admin" => ["member", "reader"],
        "member" => ["reader"],
        _ => [],
    };
}
