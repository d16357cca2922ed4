namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Formats ages in table cells as the server does, with two or three digits: <c>5m</c>, <c>3h12m</c>, <c>2d4h</c>.</summary>
internal static class HumanDuration
{
    public static string Since(string? timestamp, DateTimeOffset now) =>
        timestamp is null ? "<unknown>" : Timestamps.TryParse(timestamp, out var time) ? Format(now - time) : "<invalid>";

    // Clock skew: up to two seconds in the future count as now.
    public static string Format(TimeSpan span) => span switch
    {
        { TotalSeconds: <= -2 } => "<invalid>",
        { TotalSeconds: < 0 } => "0s",
        { TotalSeconds: < 120 } => $"{(int)span.TotalSeconds}s",
        { TotalMinutes: < 10 } => Two((int)span.TotalMinutes, "m", span.Seconds, "s"),
        { TotalMinutes: < 180 } => $"{(int)span.TotalMinutes}m",
        { TotalHours: < 8 } => Two((int)span.TotalHours, "h", span.Minutes, "m"),
        { TotalHours: < 48 } => $"{(int)span.TotalHours}h",
        { TotalDays: < 8 } => Two(span.Days, "d", span.Hours, "h"),
        { TotalDays: < 730 } => $"{span.Days}d",
        { TotalDays: < 2920 } => Two(span.Days / 365, "y", span.Days % 365, "d"),
        _ => $"{span.Days / 365}y",
    };

    private static string Two(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}
