using System.Text.Json.Nodes;

namespace ImageTagOperator.IntegrationTests;

/// <summary>A request in kube-apiserver's audit log.</summary>
/// <param name="User">Empty when the credential was rejected.</param>
/// <param name="Object">Resource, name and subresource: <c>imagetagsets/NAME/status</c>.</param>
internal sealed record AuditEntry(string User, string UserAgent, string Verb, string Object, string? Namespace, int Code)
{
    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete";

    public static AuditEntry Parse(string line)
    {
        var entry = JsonNode.Parse(line)!;
        var about = entry["objectRef"];
        return new(
            (string?)entry["user"]?["username"] ?? "",
            (string?)entry["userAgent"] ?? "",
            (string?)entry["verb"] ?? "",
            string.Join(
                '/', new[] { (string?)about?["resource"], (string?)about?["name"], (string?)about?["subresource"] }.OfType<string>()),
            (string?)about?["namespace"],
            (int?)entry["responseStatus"]?["code"] ?? 0);
    }
}
