namespace ImageTagOperator.Tests.Faults;

/// <summary>Counts the calls that a reconcile makes to the world around it, and lets one of them throw.</summary>
/// <param name="at">Which one, from 1 on.</param>
internal sealed class Saboteur(int at)
{
    private readonly Lock gate = new();
    private readonly List<string> statuses = [];
    private readonly List<string> events = [];
    private int calls;

    /// <summary>What was struck; null as long as nothing was.</summary>
    public string? Struck { get; private set; }

    /// <summary>The status and reason of Ready in each status that was written after the strike.</summary>
    public IReadOnlyList<string> StatusesAfter => Taken(statuses);

    /// <summary>Type and reason of each Event after the strike.</summary>
    public IReadOnlyList<string> EventsAfter => Taken(events);

    public void Call(string what)
    {
        lock (gate)
        {
            if (++calls != at) return;
            Struck = what;
            throw new UnforeseenException();
        }
    }

    public void NoteStatus(string status) => Note(statuses, status);

    public void NoteEvent(string told) => Note(events, told);

    private void Note(List<string> list, string text)
    {
        lock (gate)
        {
            if (Struck is not null) list.Add(text);
        }
    }

    private string[] Taken(List<string> list)
    {
        lock (gate) return [.. list];
    }
}
