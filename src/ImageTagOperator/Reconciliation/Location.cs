using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;

namespace ImageTagOperator.Reconciliation;

/// <summary>The cloud of an image, and the credentials that reached it.</summary>
/// <param name="Cloud"><see cref="CloudAccess.Cloud"/>; null when unknown.</param>
/// <param name="ProjectId">The project of the credentials; null when unknown.</param>
public sealed record Location(string? Cloud, string? ProjectId, CloudCredentialsRef Credentials)
{
    public static Location Of(CloudConnection by) => new(by.Cloud, by.Access.ProjectId, by.Credentials);

    /// <summary>The location of an image of a status.</summary>
    public static Location Of(V1Alpha1ImageTagSet set, ImageState state) => new(
        state.Cloud ?? set.Status.Cloud,
        state.ProjectId ?? set.Status.ProjectId,
        state.CloudCredentialsRef ?? set.Status.CloudCredentialsRef ?? set.Spec.CloudCredentialsRef);

    /// <summary>The status entry of an image in this cloud, or null.</summary>
    public static ImageState? Find(ImageTagSetStatus status, string imageId, string cloud) => status.Images?.FirstOrDefault(state =>
        string.Equals(state.Id, imageId, StringComparison.OrdinalIgnoreCase)
            && ((state.Cloud ?? status.Cloud) is not { } known || known == cloud));

    public bool IsIn(CloudAccess access) => Cloud is null || Cloud == access.Cloud;

    /// <summary>True when the credentials belong to the same project in the same cloud. An image that they do not see was then
    /// deleted.</summary>
    public bool IsSeenBy(CloudAccess access) => IsIn(access) && (ProjectId is null || ProjectId == access.ProjectId);

    /// <summary>Writes the whole location into a status entry.</summary>
    public ImageState WriteTo(ImageState state) => state with { Cloud = Cloud, ProjectId = ProjectId, CloudCredentialsRef = Credentials };

    /// <summary>Writes into a status entry only what differs from the location in the status itself.</summary>
    public ImageState WriteTo(ImageState state, Location home) => state with
    {
        Cloud = Cloud == home.Cloud ? null : Cloud,
        ProjectId = ProjectId == home.ProjectId ? null : ProjectId,
        CloudCredentialsRef = Credentials == home.Credentials ? null : Credentials,
    };
}
