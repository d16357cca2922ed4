namespace ImageTagOperator.Hosting;

/// <summary>Ends the process when memory runs out.</summary>
/// <remarks>The exception can be thrown between any two statements, so what is in memory may be inconsistent afterwards: a set that is
/// missing from an index protects its tags no longer. The next process begins with the state that the API server holds.</remarks>
internal static class OutOfMemory
{
    private const string Message =
        "The operator needs more memory than its limit. Raise resources.limits.memory; docs/operations.md, Sizing, has the numbers.";

    /// <summary>From now on the first <see cref="OutOfMemoryException"/> ends the process, even where it would be caught.</summary>
    public static void EndsTheProcess() => AppDomain.CurrentDomain.FirstChanceException += static (_, thrown) =>
    {
        if (thrown.Exception is OutOfMemoryException) Environment.FailFast(Message);
    };
}
