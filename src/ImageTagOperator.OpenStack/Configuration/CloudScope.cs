namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>A Keystone domain, by ID or by name.</summary>
public sealed record Domain(string? Id, string? Name);

/// <summary>The scope of a token: at most one of project, domain and system. With none, Keystone chooses.</summary>
public sealed record CloudScope(
    string? ProjectId = null, string? ProjectName = null, Domain? ProjectDomain = null, Domain? Domain = null, bool System = false)
{
    public bool IsEmpty => ProjectId is null && ProjectName is null && Domain is null && !System;
}
