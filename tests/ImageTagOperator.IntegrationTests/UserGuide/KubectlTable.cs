using System.Text;

namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>The tables of <c>kubectl get</c>.</summary>
internal static class KubectlTable
{
    /// <summary>Replaces all ages by the same one in the columns that have ages. Other tables than kubectl's have times there.</summary>
    public static string WithAges(string text, string age) => WithAges(WithAges(text, age, "AGE"), age, "VERIFIED");

    /// <summary>The column is as wide as its widest age, so the columns to the right move.</summary>
    private static string WithAges(string text, string age, string title)
    {
        var result = new StringBuilder();
        var column = -1;
        foreach (var line in text.Split('\n'))
        {
            var isKubectls = line.Contains(" AGE", StringComparison.Ordinal);
            if (line.StartsWith("NAME", StringComparison.Ordinal)) column = isKubectls ? line.IndexOf(" " + title, StringComparison.Ordinal)
                + 1 : -1;
            else if (column >= line.Length) column = -1;
            result.Append(column <= 0 ? line : Row(line, column, age, title)).Append('\n');
        }

        return result.ToString(0, result.Length - 1);
    }

    private static string Row(string line, int column, string age, string title)
    {
        var cells = line[column..].Split("  ", 2);
        var cell = cells[0] == title ? title : age;
        return line[..column] + (cells.Length == 1 ? cell : cell.PadRight(title.Length + 3) + cells[1].TrimStart());
    }
}
