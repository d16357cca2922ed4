namespace ImageTagOperator.Tests.Faults;

/// <summary>The clock, which can be struck when the code of a reconcile asks for the time.</summary>
internal sealed class SabotagedClock(Saboteur saboteur) : TimeProvider
{
    public override DateTimeOffset GetUtcNow()
    {
        // Other parts of the process ask it too; they are not what this is about.
        var stack = Environment.StackTrace;
        if (stack.Contains("ImageTagOperator.Reconciliation.", StringComparison.Ordinal)
            && !stack.Contains(".FailedAsync", StringComparison.Ordinal)
            && !stack.Contains("SetGauges", StringComparison.Ordinal)) saboteur.Call("ask for the time");
        return System.GetUtcNow();
    }
}
