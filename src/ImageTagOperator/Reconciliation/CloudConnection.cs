using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;

namespace ImageTagOperator.Reconciliation;

/// <summary>A session that is logged in.</summary>
/// <param name="Credentials">What the session comes from.</param>
/// <param name="Access">Which images it reaches, and as whom.</param>
public sealed record CloudConnection(CloudCredentialsRef Credentials, CloudSession Session, CloudAccess Access)
{
    public string Cloud => Access.Cloud;

    public bool Owns(Image image) => Access.ProjectId is { } project && project == image.Owner;
}
