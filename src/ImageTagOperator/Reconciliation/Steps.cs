namespace ImageTagOperator.Reconciliation;

/// <summary>The steps of a reconcile, in the words that complete "The operator failed to ...".</summary>
internal static class Steps
{
    public const string Credentials = "find the credentials";
    public const string LogIn = "log in to the cloud";
    public const string Read = "read the images";
    public const string Record = "record what it is about to write";
    public const string Write = "write the tags";
    public const string Report = "write the status";
    public const string Release = "take back the tags of the deleted set";

    /// <summary>Anything else, such as putting the finalizer on.</summary>
    public const string Reconcile = "reconcile";

    private static readonly object Key = new();

    /// <summary>All there are.</summary>
    public static IReadOnlyList<string> All { get; } = [Credentials, LogIn, Read, Record, Write, Report, Release, Reconcile];

    /// <summary>Waits for work, and notes on what it throws which step that was.</summary>
    public static async Task<T> During<T>(string step, Task<T> work)
    {
        try
        {
            return await work;
        }
        catch (Exception error) when (IsNoted(error, step))
        {
            throw;
        }
    }

    /// <summary>The step in which this was thrown.</summary>
    public static string Of(Exception error) => error.Data[Key] as string ?? Reconcile;

    /// <summary>False, so that the exception goes on as if nobody had looked. Of nested steps the innermost one counts.</summary>
    private static bool IsNoted(Exception error, string step)
    {
        if (!error.Data.Contains(Key)) error.Data[Key] = step;
        return false;
    }
}
