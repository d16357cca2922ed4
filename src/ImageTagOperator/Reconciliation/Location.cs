using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;

namespace ImageTagOperator.Reconciliation;

/// <summary>Where an image is, and by whom it was reached.</summary>
/// <param name="Cloud"><see cref="CloudAccess.Cloud"/>; null when that was not noted.</param>
/// <param name="ProjectId">The project of the credentials; null when that was not noted.</param>
public sealed record Location(string? Cloud, string? ProjectId, CloudCredentialsRef Credentials)
{
    public static Location Of(CloudConnection by) => new(by.Cloud, by.Access.ProjectId, by.Credentials);

    /// <summary>What the status says of one of its images.</summary>
    public static Location Of(V1Alpha1ImageTagSet set, ImageState state) => new(
        state.Cloud ?? set.Status.Cloud,
        state.ProjectId ?? set.Status.ProjectId,
        state.CloudCredentialsRef ?? set.Status.CloudCredentialsRef ?? set.Spec.CloudCredentialsRef);

    /// <summary>The status's entry of an image of this cloud.</summary>
    public static ImageState? Find(ImageTagSetStatus status, string imageId, string cloud) => status.Images?.FirstOrDefault(state =>
        string.Equals(state.Id, imageId, StringComparison.OrdinalIgnoreCase)
            && ((state.Cloud ?? status.Cloud) is not { } known || known == cloud));

    public bool IsIn(CloudAccess access) => Cloud is null || Cloud == access.Cloud;

    /// <summary>What these credentials do not see is not there: they are of the project that saw it before, in the same cloud.</summary>
    public bool IsSeenBy(CloudAccess access) => IsIn(access) && (ProjectId is null || ProjectId == access.ProjectId);

    /// <summary>Says it all in an entry, so that it can be moved to a status with another home.</summary>
    public ImageState Note(ImageState state) => state with { Cloud = Cloud, ProjectId = ProjectId, CloudCredentialsRef = Credentials };

    /// <summary>Says in an entry what a status with this home does not say for it.</summary>
    public ImageState Note(ImageState state, Location home) => state with
    {
        Cloud = Cloud == home.Cloud ? null : Cloud,
        ProjectId = ProjectId == home.ProjectId ? null : ProjectId,
        CloudCredentialsRef = Credentials == home.Credentials ? null : Credentials,
    };
}
