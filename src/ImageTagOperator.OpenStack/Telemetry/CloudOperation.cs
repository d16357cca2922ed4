namespace ImageTagOperator.OpenStack.Telemetry;

/// <summary>The operation of a request as a metric label, without IDs or tags.</summary>
internal static class CloudOperation
{
    /// <param name="path">The path without the query.</param>
    public static string Of(HttpMethod method, string path) => method.Method switch
    {
        "POST" => "create_token",
        "GET" => path.EndsWith("/images", StringComparison.Ordinal) ? "list_images" : "show_image",
        "PUT" => path.EndsWith("/cloudimages/tags", StringComparison.Ordinal) ? "set_tag_value" : "add_tag",
        _ => "remove_tag",
    };
}
