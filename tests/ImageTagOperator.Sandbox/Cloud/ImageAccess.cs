namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>Read and write permissions on images.</summary>
internal static class ImageAccess
{
    public static bool CanSee(Token token, SandboxImage image) =>
        token.IsAdmin
        || image.Visibility is "public" or "community"
        || image.Owner == token.ProjectId
        || (image.Visibility == "shared" && token.ProjectId is { } project && image.Members.ContainsKey(project));

    public static bool CanChange(Token token, SandboxImage image, bool secureRbac) =>
        token.IsAdmin || (image.Owner == token.ProjectId && (!secureRbac || token.Roles.Contains("member")));

    /// <summary>Whether a list contains an image. Community images of other projects appear only when the list filters by
    /// visibility.</summary>
    /// <param name="visibility">The visibility filter of the list: null for the default, <c>all</c>, or one of the four.</param>
    /// <param name="memberStatus">The member status filter for shared images: <c>accepted</c> is the default, or <c>all</c>.</param>
    public static bool IsListed(Token token, SandboxImage image, string? visibility, string memberStatus)
    {
        var mine = image.Owner == token.ProjectId;
        var reachable = token.IsAdmin || mine || image.Visibility is "public" or "community" || IsMember(token, image, memberStatus);
        return reachable && (visibility switch
        {
            null => mine || image.Visibility != "community",
            "all" => true,
            _ => image.Visibility == visibility,
        });
    }

    private static bool IsMember(Token token, SandboxImage image, string status) =>
        image.Visibility == "shared" && token.ProjectId is { } project && image.Members.TryGetValue(project, out var has)
        && (status == "all" || has == status);
}
