using System.Diagnostics;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>A read of one term that waits for the next round of requests, for one or more callers.</summary>
/// <param name="number">The order in which the reads of a round were requested.</param>
/// <param name="by">The activity (trace) of the first caller.</param>
internal sealed class PendingRead(int number, Activity? by)
{
    public int Number => number;

    public Activity? By => by;

    public TaskCompletionSource<ImageReading> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A reading that started after this time satisfies the callers.</summary>
    public DateTimeOffset MustStartAfter { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Returns terms that other callers will need next; null when no caller knows any.</summary>
    public Func<int, IEnumerable<ImageTerm>>? Prefetch { get; private set; }

    /// <summary>A caller reads the term periodically, so other periodic terms are due soon too.</summary>
    public bool IsPeriodic { get; private set; }

    /// <summary>A caller needs the image itself, not only a list of changes without it.</summary>
    public bool IsUrgent { get; private set; }

    /// <summary>Adds a caller.</summary>
    public void Add(DateTimeOffset mustStartAfter, bool isPeriodic, Func<int, IEnumerable<ImageTerm>>? prefetch)
    {
        if (isPeriodic) IsPeriodic = true;
        else IsUrgent = true;
        if (mustStartAfter > MustStartAfter) MustStartAfter = mustStartAfter;
        Prefetch ??= prefetch;
    }
}
