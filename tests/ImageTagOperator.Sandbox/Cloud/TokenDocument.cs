using System.Globalization;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>The JSON of a token: user, scope, expiry and catalog.</summary>
internal static class TokenDocument
{
    /// <param name="endpoints">Service types and addresses, the same for all three interfaces.</param>
    public static JsonObject Write(
        Token token, IEnumerable<(string Type, string Name, string Url, string InternalUrl)> endpoints, string region)
    {
        var body = new JsonObject
        {
            ["methods"] = new JsonArray([.. token.Methods.Select(method => JsonValue.Create(method))]),
            ["user"] = new JsonObject
            {
                ["domain"] = Domain(),
                ["id"] = token.User.Id,
                ["name"] = token.User.Name,
                ["password_expires_at"] = null,
            },
            ["audit_ids"] = new JsonArray(token.AuditId),
            ["expires_at"] = Time(token.ExpiresAt),
            ["issued_at"] = Time(token.IssuedAt),
        };
        if (token.Scope.Project is { } project)
        {
            body["project"] = new JsonObject { ["domain"] = Domain(), ["id"] = project.Id, ["name"] = project.Name };
            body["is_domain"] = false;
        }

        if (token.Credential is { } credential)
            body["application_credential"] = new JsonObject { ["id"] = credential.Id, ["name"] = credential.Name, ["restricted"] = true };
        if (token.Scope.Domain) body["domain"] = Domain();
        if (token.Scope.System) body["system"] = new JsonObject { ["all"] = true };
        if (token.Scope != TokenScope.None)
        {
            body["roles"] = new JsonArray([.. token.Roles.Select(Role)]);
            body["catalog"] = new JsonArray([
                .. endpoints.Select(endpoint =>
                Service(endpoint.Type, endpoint.Name, face => face == "internal" ? endpoint.InternalUrl : endpoint.Url, region))]);
        }

        return new JsonObject { ["token"] = body };
    }

    private static JsonObject Domain() => new() { ["id"] = SandboxIdentity.DomainId, ["name"] = SandboxIdentity.DomainName };

    private static JsonObject Role(string name) => new() { ["id"] = StableId("role", name), ["name"] = name };

    private static JsonObject Service(string type, string name, Func<string, string> url, string region) => new()
    {
        ["endpoints"] = new JsonArray([.. new[] { "internal", "admin", "public" }.Select(face => new JsonObject
        {
            ["id"] = StableId(type, face),
            ["interface"] = face,
            ["region_id"] = region,
            ["url"] = url(face),
            ["region"] = region,
        })]),
        ["id"] = StableId("service", type),
        ["type"] = type,
        ["name"] = name,
    };

    /// <summary>32 hex digits, the same in every run. Only the format matters.</summary>
    private static string StableId(string kind, string name) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(kind + name)))[..32];

    /// <summary>Fernet tokens contain whole seconds, and Keystone prints six zeros after them.</summary>
    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'.000000Z'", CultureInfo.InvariantCulture);
}
