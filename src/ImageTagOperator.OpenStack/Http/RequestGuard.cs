using System.Text.RegularExpressions;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>The last handler before the wire: it passes only the few calls that the operator makes. It checks the path after all URL
/// normalization: <c>.../tags/..</c> has become <c>.../images/{id}/</c> by then, and a DELETE of that would delete the image.</summary>
internal sealed partial class RequestGuard(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        return Allows(request.Method.Method, path)
            ? base.SendAsync(request, cancellationToken)
            : throw new InvalidOperationException($"{request.Method} {path} is not a call that this program may make; nothing was sent.");
    }

    internal static bool Allows(string method, string path) => method switch
    {
        "GET" => ReadPath().IsMatch(path),
        // IMS: sets the value of one tag. Below an image the path would mean something else.
        "PUT" when path.EndsWith("/v1/cloudimages/tags", StringComparison.Ordinal) => !path.Contains("/v2/", StringComparison.Ordinal),
        "PUT" or "DELETE" => TagPath().IsMatch(path),
        "POST" => path.EndsWith("/v3/auth/tokens", StringComparison.Ordinal),
        _ => false,
    };

    [GeneratedRegex($"/v2/images(/{Uuid})?\\z")]
    private static partial Regex ReadPath();

    // A proxy may decode %2F and %2E before it normalizes the path, so they count as the characters that they encode.
    [GeneratedRegex($"/v2/images/{Uuid}/tags/(?!(\\.|%2[Ee]){{1,2}}\\z)([^/%\n]|%(?!2[Ff]))+\\z")]
    private static partial Regex TagPath();

    private const string Uuid = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";
}
