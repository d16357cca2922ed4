using ImageTagOperator.OpenStack.Configuration;

namespace ImageTagOperator.OpenStack.Identity;

// The body of POST /v3/auth/tokens (Identity API v3, "Authentication and token management").

internal sealed record TokenRequest(TokenRequestAuth Auth)
{
    public static TokenRequest For(CloudConfiguration cloud) => new(new TokenRequestAuth(
        cloud.Credential switch
        {
            PasswordCredential p => new TokenRequestIdentity(["password"])
            {
                Password = new(User(p.UserId, p.Username, p.UserDomain, p.Password)),
            },
            ApplicationCredential a => new TokenRequestIdentity(["application_credential"])
            {
                ApplicationCredential = new(
                    a.Id,
                    a.Id is null ? a.Name : null,
                    a.Secret,
                    a.Id is null ? User(a.UserId, a.Username, a.UserDomain, null) : null),
            },
            TokenCredential t => new TokenRequestIdentity(["token"]) { Token = new(t.Token) },
            var other => throw new NotSupportedException(other.GetType().Name),
        },
        cloud.Scope.IsEmpty ? null : ScopeOf(cloud.Scope)));

    /// <summary>Keystone answers 400 to a name without a domain, even next to an ID.</summary>
    private static TokenRequestUser User(string? id, string? name, Domain? domain, string? password) =>
        id is null ? new(null, name, Of(domain), password) : new(id, null, null, password);

    private static TokenRequestScope ScopeOf(CloudScope scope) => scope switch
    {
        { System: true } => new(null, null, new TokenRequestSystem(true)),
        { Domain: { } domain } => new(null, Of(domain), null),
        { ProjectId: { } id } => new(new TokenRequestProject(id, null, null), null, null),
        _ => new(new TokenRequestProject(null, scope.ProjectName, Of(scope.ProjectDomain)), null, null),
    };

    private static TokenRequestDomain? Of(Domain? domain) => domain is null ? null : new(domain.Id, domain.Name);
}

internal sealed record TokenRequestAuth(TokenRequestIdentity Identity, TokenRequestScope? Scope);

internal sealed record TokenRequestIdentity(IReadOnlyList<string> Methods)
{
    public TokenRequestPassword? Password { get; init; }

    public TokenRequestApplicationCredential? ApplicationCredential { get; init; }

    public TokenRequestToken? Token { get; init; }
}

internal sealed record TokenRequestPassword(TokenRequestUser User);

internal sealed record TokenRequestApplicationCredential(string? Id, string? Name, string Secret, TokenRequestUser? User);

internal sealed record TokenRequestToken(string Id);

internal sealed record TokenRequestUser(string? Id, string? Name, TokenRequestDomain? Domain, string? Password);

internal sealed record TokenRequestScope(TokenRequestProject? Project, TokenRequestDomain? Domain, TokenRequestSystem? System);

internal sealed record TokenRequestProject(string? Id, string? Name, TokenRequestDomain? Domain);

internal sealed record TokenRequestDomain(string? Id, string? Name);

internal sealed record TokenRequestSystem(bool All);
