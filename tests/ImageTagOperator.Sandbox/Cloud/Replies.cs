using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>Writes whole responses, with a Content-Length as the real servers do.</summary>
internal static class Replies
{
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task JsonAsync(this HttpContext http, int status, JsonNode body) =>
        http.TextAsync(status, "application/json", body.ToJsonString(Unescaped));

    public static async Task TextAsync(this HttpContext http, int status, string contentType, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = bytes.Length;
        if (http.Request.Method != "HEAD") await http.Response.Body.WriteAsync(bytes);
    }
}
