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

    /// <summary>A change revokes the user's tokens at once.</summary>
    public string Password
    {
        get;
        set
        {
            field = value;
            Epoch++;
        }
    }

    /// <summary>The tokens of a disabled user are rejected, and it cannot log in.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The scope of a login that names none; null makes such a token unscoped.</summary>
    public SandboxProject? DefaultProject { get; set; }

    /// <summary>Roles on the domain, for tokens with that scope. None by default, not even for an admin.</summary>
    public IReadOnlyList<string> DomainRoles { get; set; } = [];

    /// <summary>Roles on the whole system, for tokens with that scope.</summary>
    public IReadOnlyList<string> SystemRoles { get; set; } = [];

    /// <summary>Replaces the user's roles in a project, such as <c>admin</c>, <c>member</c> or <c>reader</c>. An empty list removes the
    /// user from the project. Removing a role revokes the user's tokens at once.</summary>
    public void SetRoles(SandboxProject project, params IReadOnlyList<string> names)
    {
        if (roles.GetValueOrDefault(project, []).Except(names).Any()) Epoch++;
        roles[project] = names;
    }

    /// <summary>Tokens of an earlier epoch are revoked.</summary>
    internal int Epoch { get; private set; }

    /// <summary>The roles of a token with this scope, including implied ones: admin implies member, member implies reader.</summary>
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
