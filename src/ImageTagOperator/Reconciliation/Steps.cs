namespace ImageTagOperator.Reconciliation;

/// <summary>The steps of a reconcile. Each text completes "The operator failed to ...".</summary>
internal static class Steps
{
    public const string Credentials = "find the credentials";
    public const string LogIn = "log in to the cloud";
    public const string Read = "read the images";
    public const string Record = "record what it is about to write";
    public const string Write = "write the tags";
    public const string Report = "write the status";
    public const string Release = "take back the tags of the deleted set";

    /// <summary>All other work, such as adding the finalizer.</summary>
    public const string Reconcile = "reconcile";

    private static readonly object Key = new();

    /// <summary>All steps.</summary>
    public static IReadOnlyList<string> All { get; } = [Credentials, LogIn, Read, Record, Write, Report, Release, Reconcile];

    /// <summary>Awaits the work, and records the step in each exception that it throws.</summary>
    public static async Task<T> During<T>(string step, Task<T> work)
    {
        try
        {
            return await work;
        }
        catch (Exception error) when (RecordStep(error, step))
        {
            throw;
        }
    }

    /// <summary>The step that threw the exception.</summary>
    public static string Of(Exception error) => error.Data[Key] as string ?? Reconcile;

    /// <summary>Records the step in an exception filter. Returns false, so that the stack is not unwound. With nested steps, the innermost
    /// one is recorded.</summary>
    private static bool RecordStep(Exception error, string step)
    {
        if (!error.Data.Contains(Key)) error.Data[Key] = step;
        return false;
    }
}
