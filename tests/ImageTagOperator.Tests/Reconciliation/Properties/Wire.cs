namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>Numbers the requests to both servers and says what befalls each. Once the process is dead, none comes through.</summary>
internal sealed class Wire(IEnumerable<Incident> incidents)
{
    private readonly List<Incident> coming = [.. incidents.OrderBy(incident => incident.At)];

    /// <summary>One request at a time.</summary>
    public Lock Gate { get; } = new();

    public int Count { get; private set; }

    /// <summary>Processes so far.</summary>
    public int Lives { get; private set; } = 1;

    public bool IsDead { get; private set; }

    /// <summary>Called with the number of each request, before it is served.</summary>
    public Action<int> Arriving { get; set; } = _ => { };

    /// <exception cref="HttpRequestException">The process is dead.</exception>
    public Incident? Next(bool isTagWrite = false)
    {
        if (IsDead) throw Broken();
        Arriving(++Count);
        var incident = coming.Find(incident => incident.At <= Count && (isTagWrite || !incident.NeedsTagWrite));
        if (incident is not null) coming.Remove(incident);
        return incident?.Kind == Mishap.KillBefore ? throw Die() : incident;
    }

    public HttpRequestException Die()
    {
        IsDead = true;
        return Broken();
    }

    public void Revive() => (IsDead, Lives) = (false, Lives + 1);

    public static HttpRequestException Broken() => new(HttpRequestError.ResponseEnded, "the connection was reset");
}
