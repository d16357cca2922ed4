namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>A Keystone domain, by id or by name.</summary>
public sealed record Domain(string? Id, string? Name);

/// <summary>What a token is good for. At most one of the three; none leaves the choice to Keystone.</summary>
public sealed record CloudScope(
    string? ProjectId = null, string? ProjectName = null, Domain? ProjectDomain = null, Domain? Domain = null, bool System = false)
{
    public bool IsEmpty => ProjectId is null && ProjectName is null && Domain is null && !System;
}
