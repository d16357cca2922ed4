using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>Glance's error bodies: HTML, JSON or plain text, depending on the Accept header.</summary>
internal static class GlanceErrorPage
{
    public static Task WriteAsync(HttpContext http, GlanceError error, CloudFlavor flavor)
    {
        var reason = Reason(error.Status);
        var title = $"{error.Status} {reason}";
        var text = error.Explanation ?? Standard(error.Status, http.Request);
        if (flavor == CloudFlavor.Pcd)
            return ErrorAsync(http, error.Status, new JsonObject { ["code"] = error.Status, ["message"] = reason, ["details"] = text });
        if (flavor == CloudFlavor.Ims)
            return ErrorAsync(http, error.Status, new JsonObject { ["code"] = $"IMG.0{error.Status}", ["message"] = text });
        // Two of the pages have their own layout.
        var end = error.Status is 405 or 415 ? "\n" : "\n\n\n";
        return Kind(http.Request.Headers.Accept.ToString()) switch
        {
            "json" => http.TextAsync(error.Status, "application/json", Json(title, $"{text}<br /><br />{end}", reason)),
            "html" => http.TextAsync(error.Status, "text/html; charset=UTF-8", Html(title, $"{Escape(text)}<br /><br />{end}")),
            _ => http.TextAsync(error.Status, "text/plain; charset=UTF-8", $"{title}\n\n{Flat(text)}\n\n{Flat(end)}"),
        };
    }

    private static Task ErrorAsync(HttpContext http, int status, JsonObject error) =>
        http.JsonAsync(status, new JsonObject { ["error"] = error });

    /// <summary>The server prefers HTML: when a client accepts both HTML and JSON, it gets HTML.</summary>
    private static string Kind(string accept)
    {
        var types = MediaTypeHeaderValue.TryParseList([accept], out var parsed) ? parsed : [];
        var html = Quality(types, "text/html");
        var json = Quality(types, "application/json");
        return html == 0 && json == 0 ? "text" : html >= json ? "html" : "json";
    }

    private static double Quality(IList<MediaTypeHeaderValue> accepted, string offer) =>
        accepted.Where(type => MediaTypeHeaderValue.Parse(offer).IsSubsetOf(type)).Select(type => type.Quality ?? 1).DefaultIfEmpty(0)
            .Max();

    private static string Json(string title, string text, string reason) =>
        $$"""{"message": "{{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}}", "code": "{{title}}", "title": "{{reason}}"}""";

    private static string Html(string title, string text) =>
        $"<html>\n <head>\n  <title>{title}</title>\n </head>\n <body>\n  <h1>{title}</h1>\n  {text}\n </body>\n</html>";

    private static string Escape(string text) => System.Net.WebUtility.HtmlEncode(text)
        .Replace("&#39;", "&#x27;", StringComparison.Ordinal);

    private static string Flat(string text) => text.Replace('\n', ' ');

    private static string Reason(int status) => status == 413 ? "Request Entity Too Large" : ReasonPhrases.GetReasonPhrase(status);

    private static string Standard(int status, HttpRequest request) => status switch
    {
        401 => "This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong "
            + "credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.",
        403 => "Access was denied to this resource.",
        404 => "The resource could not be found.",
        405 => $"The method {request.Method} is not allowed for this resource. ",
        500 => "The server has either erred or is incapable of performing the requested operation.",
        _ => "",
    };
}
