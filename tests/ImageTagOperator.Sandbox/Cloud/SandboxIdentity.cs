namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>The identities of the sandbox cloud: users, projects, application credentials and issued tokens. Safe for concurrent
/// use.</summary>
public sealed class SandboxIdentity
{
    internal const string DomainId = "default";
    internal const string DomainName = "Default";

    private readonly Lock gate = new();
    private readonly List<SandboxUser> users = [];
    private readonly List<SandboxProject> projects = [];
    private readonly List<SandboxApplicationCredential> credentials = [];

    internal SandboxIdentity(TimeProvider time) => Tokens = new TokenStore(time);

    public IReadOnlyList<SandboxUser> Users => Snapshot(users);

    public IReadOnlyList<SandboxProject> Projects => Snapshot(projects);

    public IReadOnlyList<SandboxApplicationCredential> ApplicationCredentials => Snapshot(credentials);

    /// <summary>While true, logins and token validations fail with 503, and Glance responds with 401 to tokens that it has not validated
    /// before.</summary>
    public bool Down { get; set; }

    internal TokenStore Tokens { get; }

    public SandboxUser User(string name) => Users.First(user => user.Name == name);

    public SandboxProject Project(string name) => Projects.First(project => project.Name == name);

    public SandboxProject AddProject(string name) => Add(projects, new SandboxProject(name));

    /// <summary>Adds a user with these roles in one project, which is also its default project.</summary>
    public SandboxUser AddUser(string name, string password, SandboxProject project, params IReadOnlyList<string> roles)
    {
        var user = new SandboxUser(name, password) { DefaultProject = project };
        user.SetRoles(project, roles);
        return Add(users, user);
    }

    public SandboxApplicationCredential AddApplicationCredential(string name, SandboxUser user, SandboxProject project, string secret) =>
        Add(credentials, new SandboxApplicationCredential(name, user, project, secret));

    public void Remove(SandboxApplicationCredential credential)
    {
        credential.Removed = true;
        lock (gate) credentials.Remove(credential);
    }

    /// <summary>Revokes all issued tokens at once, as a lost Fernet key does.</summary>
    public void RevokeAllTokens() => Tokens.RevokeAll();

    private T Add<T>(List<T> list, T item)
    {
        lock (gate) list.Add(item);
        return item;
    }

    private T[] Snapshot<T>(List<T> list)
    {
        lock (gate) return [.. list];
    }
}
