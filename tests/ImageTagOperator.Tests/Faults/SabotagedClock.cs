namespace ImageTagOperator.Tests.Faults;

/// <summary>The clock, which can be struck when the code of a reconcile asks for the time.</summary>
internal sealed class SabotagedClock(Saboteur saboteur) : TimeProvider
{
    private static readonly string[] Rooms = ["ImageTagOperator.Reconciliation.", "ImageTagOperator.Memory.", "ImageTagOperator.Controllers."];

    public override DateTimeOffset GetUtcNow()
    {
        // Other parts of the process ask it too; they are not what this is about.
        var stack = Environment.StackTrace;
        if (Rooms.Any(room => stack.Contains(room, StringComparison.Ordinal))
            && !stack.Contains(".FailedAsync", StringComparison.Ordinal)
            && !stack.Contains(".OnChange(", StringComparison.Ordinal)
            && !stack.Contains("SetGauges", StringComparison.Ordinal)) saboteur.Call("ask for the time");
        return System.GetUtcNow();
    }
}
