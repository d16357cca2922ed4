using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;

namespace ImageTagOperator.Reconciliation;

/// <summary>A session after login.</summary>
/// <param name="Credentials">The reference to the credentials of the session.</param>
/// <param name="Access">The cloud and the project of the session.</param>
public sealed record CloudConnection(CloudCredentialsRef Credentials, CloudSession Session, CloudAccess Access)
{
    public string Cloud => Access.Cloud;

    public bool Owns(Image image) => Access.ProjectId is { } project && project == image.Owner;
}
