namespace ImageTagOperator.OpenStack.Telemetry;

/// <summary>What a request does, in a few words that metrics and traces can use: no id, no tag.</summary>
internal static class CloudOperation
{
    /// <param name="path">Without the query.</param>
    public static string Of(HttpMethod method, string path) => method.Method switch
    {
        "POST" => "create_token",
        "GET" => path.EndsWith("/images", StringComparison.Ordinal) ? "list_images" : "show_image",
        "PUT" => path.EndsWith("/cloudimages/tags", StringComparison.Ordinal) ? "set_tag_value" : "add_tag",
        _ => "remove_tag",
    };
}
