namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The parameters of a watch: what to send, and in which form.</summary>
internal sealed record WatchRequest(ResourcePath Path, Query Query, ResponseForm Form)
{
    private readonly LabelSelector labels = LabelSelector.Parse(Query.LabelSelector);
    private readonly FieldSelector fields = FieldSelector.Parse(Query.FieldSelector, Path.Resource);

    public ResourceDefinition Resource => Path.Resource;

    public long? From { get; } = Query.ExactVersion;

    /// <summary>A watch without a start version first sends the existing objects.</summary>
    public bool StartsWithPresent => From is null || Query.SendInitialEvents;

    // Without a timeout in the request, a server picks one between 30 and 60 minutes.
    public TimeSpan Timeout => TimeSpan.FromSeconds(Query.TimeoutSeconds is > 0 and var seconds ? seconds : 45 * 60);

    public bool Matches(StoredObject stored) =>
        (Path.Namespace.Length == 0 || stored.Namespace == Path.Namespace) &&
        labels.Matches(stored.Labels) && fields.Matches(Resource, stored);

    public void Validate()
    {
        var problem = (Query.SendInitialEvents, Query.VersionMatch) switch
        {
            (true, not "NotOlderThan") => "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
            (false, not null) => "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
            _ => null,
        };
        if (problem is not null) throw Refusals.InvalidListOptions(FieldError.Forbidden("resourceVersionMatch", problem));
    }
}
