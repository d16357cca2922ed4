using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>Reads the body of <c>POST /v3/auth/tokens</c> and creates the token.</summary>
internal sealed class Login(SandboxIdentity identity)
{
    /// <exception cref="KeystoneError">The body is malformed, or the login is rejected.</exception>
    public Token Run(string body)
    {
        var auth = Parse(body);
        var methods = auth["identity"]!["methods"]!.AsArray().Select(method => method!.GetValue<string>()).ToArray();
        var scope = auth["scope"];
        return methods switch
        {
            ["password"] => WithPassword(Part(auth, "password")["user"], scope),
            ["application_credential"] => WithCredential(Part(auth, "application_credential"), scope),
            ["token"] => WithToken(Part(auth, "token"), scope),
            _ => throw new KeystoneError(401, "Unauthorized", "Attempted to authenticate with an unsupported method."),
        };
    }

    private static JsonNode Parse(string body)
    {
        JsonNode? auth;
        try
        {
            auth = JsonNode.Parse(body)?["auth"];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Missing("valid JSON in request body");
        }

        if (auth is null) throw Missing("auth in request body");
        return auth is JsonObject && auth["identity"] is JsonObject identity && identity["methods"] is JsonArray
            ? auth
            : throw KeystoneError.BadRequest("'identity' is a required property");
    }

    private static JsonNode Part(JsonNode auth, string method) => auth["identity"]![method] ?? throw Missing($"{method} in identity");

    private static KeystoneError Missing(string what) => KeystoneError.BadRequest($"Expecting to find {what}. The server could not comply "
        + "with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.");

    private Token WithPassword(JsonNode? given, JsonNode? scope)
    {
        var user = FindUser(given);
        if (user is not { Enabled: true } || Text(given, "password") != user.Password) throw KeystoneError.Unauthorized();
        // A default project in which the user has no role is skipped, not rejected.
        var home = TokenScope.Of(user.DefaultProject);
        return Issue(new(user, FindScope(scope, user.RolesIn(home).Count > 0 ? home : TokenScope.None), ["password"]));
    }

    private Token WithCredential(JsonNode given, JsonNode? scope)
    {
        var credential = FindCredential(given);
        if (!credential.User.Enabled || credential.Secret != Text(given, "secret") || credential.ExpiresAt <= identity.Tokens.Now)
            throw KeystoneError.Unauthorized();
        // Measured: rejected even when it asks for the scope that it gets by default.
        if (scope is not null)
        {
            throw new KeystoneError(401, "Unauthorized",
                "Error authenticating with application credential: Application credentials cannot request a scope.");
        }

        return Issue(new(credential.User, TokenScope.Of(credential.Project), ["application_credential"]) { Credential = credential });
    }

    private Token WithToken(JsonNode given, JsonNode? scope)
    {
        var id = Text(given, "id");
        var parent = identity.Tokens.Find(id) ?? throw TokenStore.NotFound(id);
        if (parent.Credential is not null)
        {
            throw new KeystoneError(403, "Forbidden",
                "You are not authorized to perform the requested action: Using a delegated token to create another token is not allowed..");
        }

        return Issue(new(parent.User, FindScope(scope, parent.Scope), [.. parent.Methods.Append("token").Distinct()]), parent);
    }

    private Token Issue(Token token, Token? parent = null)
    {
        var roles = token.Scope.Project is { Enabled: false } ? [] : token.User.RolesIn(token.Scope);
        return roles.Count > 0 || token.Scope == TokenScope.None
            ? identity.Tokens.Issue(token with { Roles = roles }, parent)
            : throw KeystoneError.Unauthorized();
    }

    private SandboxApplicationCredential FindCredential(JsonNode given)
    {
        if (Text(given, "id") is { } id)
        {
            return identity.ApplicationCredentials.FirstOrDefault(credential => credential.Id == id)
                ?? throw KeystoneError.NotFound($"Could not find Application Credential: {id}.");
        }

        var user = FindUser(given["user"] ?? throw Missing("user in application credential"))
            ?? throw KeystoneError.NotFound($"Could not find user: {Text(given["user"], "name") ?? Text(given["user"], "id")}.");
        return identity.ApplicationCredentials.FirstOrDefault(
            credential => credential.Name == Text(given, "name") && credential.User == user)
            ?? throw KeystoneError.Unauthorized();
    }

    private SandboxUser? FindUser(JsonNode? given)
    {
        if (Text(given, "id") is { } id) return identity.Users.FirstOrDefault(user => user.Id == id);
        if (given?["domain"] is null) throw Missing("domain in user");
        return IsOurDomain(given["domain"]) ? identity.Users.FirstOrDefault(user => user.Name == Text(given, "name")) : null;
    }

    private TokenScope FindScope(JsonNode? given, TokenScope otherwise)
    {
        if (given is null) return otherwise;
        if (given is JsonValue || given["unscoped"] is not null) return TokenScope.None;
        if (given["system"] is not null) return new(System: true);
        if (given["domain"] is { } domain) return IsOurDomain(domain) ? new(Domain: true) : throw KeystoneError.Unauthorized();
        return TokenScope.Of(FindProject(given["project"]) ?? throw KeystoneError.Unauthorized());
    }

    private SandboxProject? FindProject(JsonNode? given)
    {
        if (Text(given, "id") is { } id) return identity.Projects.FirstOrDefault(project => project.Id == id);
        return IsOurDomain(given?["domain"]) ? identity.Projects.FirstOrDefault(project => project.Name == Text(given, "name")) : null;
    }

    private static bool IsOurDomain(JsonNode? given) =>
        Text(given, "id") == SandboxIdentity.DomainId || Text(given, "name") == SandboxIdentity.DomainName;

    private static string? Text(JsonNode? node, string name) =>
        node is JsonObject o && o[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
