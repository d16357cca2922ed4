namespace ImageTagOperator.Memory;

/// <summary>How long the sets of one namespace may still keep those of another waiting. Waits side by side count once, and a short one does
/// not count. Safe for concurrent use.</summary>
internal sealed class Patience(TimeProvider time)
{
    /// <summary>Of which this is what there is.</summary>
    public static readonly TimeSpan InAll = TimeSpan.FromSeconds(5);

    /// <summary>Who answers within it keeps nobody waiting.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(500);

    /// <summary>What a failure counts that came faster.</summary>
    private static readonly TimeSpan Failure = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private int waiting;
    private long since;
    private bool isFailure;
    private TimeSpan spent;

    public TimeSpan Left
    {
        get
        {
            lock (gate) return InAll - spent - (waiting == 0 ? TimeSpan.Zero : time.GetElapsedTime(since));
        }
    }

    public void Begin()
    {
        lock (gate)
        {
            if (waiting++ > 0) return;
            (since, isFailure) = (time.GetTimestamp(), false);
        }
    }

    /// <param name="found">What was waited for came.</param>
    public void End(bool found)
    {
        lock (gate)
        {
            isFailure |= !found;
            if (--waiting > 0) return;
            var took = time.GetElapsedTime(since);
            if (isFailure && took < Failure) took = Failure;
            if (isFailure || took > Short) spent += took;
        }
    }
}
