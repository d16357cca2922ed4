namespace ImageTagOperator.Commands;

/// <summary>The values of <c>--log-level</c>: a default level, and levels for categories.</summary>
internal sealed record LogLevels(LogLevel Default, IReadOnlyList<(string Category, LogLevel Level)> Categories)
{
    /// <summary>Parses the options. Of several levels for one category the last one applies.</summary>
    public static LogLevels Parse(IEnumerable<string> options)
    {
        var all = LogLevel.Information;
        var categories = new List<(string, LogLevel)>();
        foreach (var option in options)
        {
            var (category, level) = Split(option);
            if (category is null) all = Enum.Parse<LogLevel>(level, ignoreCase: true);
            else categories.Add((category, Enum.Parse<LogLevel>(level, ignoreCase: true)));
        }

        return new LogLevels(all, categories);
    }

    /// <summary>What is wrong with an option; null when it is valid.</summary>
    public static string? Problem(string option)
    {
        var (category, level) = Split(option);
        if (category is { Length: 0 }) return $"'{option}' names no category.";
        return !int.TryParse(level, out _) && Enum.TryParse<LogLevel>(level, ignoreCase: true, out _)
            ? null
            : $"'{level}' is no level; there are {string.Join(", ", Enum.GetNames<LogLevel>())}.";
    }

    public void Apply(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(Default).AddFilter("Microsoft", Default > LogLevel.Warning ? Default : LogLevel.Warning);
        foreach (var (category, level) in Categories) logging.AddFilter(category, level);
    }

    private static (string? Category, string Level) Split(string option) =>
        option.LastIndexOf('=') is >= 0 and var at ? (option[..at], option[(at + 1)..]) : (null, option);
}
