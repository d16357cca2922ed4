namespace ImageTagOperator.Commands;

/// <summary>Reasons that only the command line prints. No condition of a set has them.</summary>
internal static class CommandReason
{
    /// <summary><c>status</c>: the set has no status.</summary>
    public const string NotSeenYet = nameof(NotSeenYet);

    /// <summary><c>status</c>: the status is of an older generation.</summary>
    public const string OutOfDate = nameof(OutOfDate);

    /// <summary><c>plan</c> and <c>apply</c>: the set has the mode Observe.</summary>
    public const string Observe = nameof(Observe);

    public static IReadOnlyList<string> All { get; } = [NotSeenYet, OutOfDate, Observe];
}
