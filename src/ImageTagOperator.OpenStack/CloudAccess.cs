namespace ImageTagOperator.OpenStack;

/// <summary>The cloud that a session reaches, and its project there.</summary>
/// <param name="Endpoint">The address of the Image API, ending in <c>/v2</c>.</param>
/// <param name="Cloud">Identifies the cloud independently of the address: sessions with the same value reach the same images.</param>
/// <param name="ProjectId">The ID of the project of the credentials; null when the token has none.</param>
/// <param name="Identity">A hash of the user, the project and the roles of the token. What a cloud permits depends on them.</param>
public sealed record CloudAccess(Uri Endpoint, string Cloud, string? ProjectId, string Identity);
