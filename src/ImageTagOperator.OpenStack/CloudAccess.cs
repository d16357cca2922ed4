namespace ImageTagOperator.OpenStack;

/// <summary>Which images a session reaches, and as whom.</summary>
/// <param name="Endpoint">The Image API's address, ending in <c>/v2</c>.</param>
/// <param name="Cloud">The cloud, whatever the address: two sessions with the same value reach the same images.</param>
/// <param name="ProjectId">The project of the credentials; null where the token has none.</param>
public sealed record CloudAccess(Uri Endpoint, string Cloud, string? ProjectId);
