using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace ImageTagOperator.IntegrationTests.ArgoCd;

/// <summary>Runs a script on an object with Debian's Lua 5.1, with only the libraries that Argo CD provides. <c>hack/servers.sh</c>
/// installs Lua.</summary>
internal static class ArgoLua
{
    private const string Lua = "/usr/bin/lua5.1";

    /// <summary>The return value of the script; fails with Lua's message when the script fails.</summary>
    public static async Task<JsonNode> RunAsync(string script, JsonNode obj)
    {
        if (!File.Exists(Lua) && Environment.GetEnvironmentVariable("ITO_REQUIRE_SERVERS") is null) Assert.Skip(
            $"{Lua} is not there: hack/servers.sh up");
        return JsonNode.Parse(
            await Shell.RunAsync(Lua, [Path.Combine(AppContext.BaseDirectory, "ArgoCd", "run.lua"), script], Literal(obj)))!;
    }

    private static string Literal(JsonNode? node) => node switch
    {
        null => "nil",
        JsonObject fields => $"{{{string.Join(",", fields.Select(field => $"[{Quoted(field.Key)}]={Literal(field.Value)}"))}}}",
        JsonArray items => $"{{{string.Join(",", items.Select(Literal))}}}",
        _ when node.GetValueKind() == JsonValueKind.String => Quoted((string)node!),
        _ => node.ToJsonString(),
    };

    /// <summary>Lua's strings are bytes.</summary>
    private static string Quoted(string text) =>
        $"\"{string.Concat(Encoding.UTF8.GetBytes(text).Select(b => b is >= 0x20 and < 0x7f and not (byte)'"' and not (byte)'\\' ? $"{(char)b}" : $"\\{b.ToString("000", CultureInfo.InvariantCulture)}"))}\"";
}
