namespace ImageTagOperator.Commands.Output;

internal static class Words
{
    /// <summary><c>1 tag</c>, <c>2 tags</c>.</summary>
    public static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
