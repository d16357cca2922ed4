using System.Text;

namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>The tables of <c>kubectl get</c>.</summary>
internal static class KubectlTable
{
    private const string Title = "AGE";

    /// <summary>With the same age in every row. The column has the width of its widest age, so what stands to the right of it moves.</summary>
    public static string WithAges(string text, string age)
    {
        var result = new StringBuilder();
        var column = -1;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("NAME", StringComparison.Ordinal)) column = line.IndexOf(" " + Title, StringComparison.Ordinal) + 1;
            else if (column >= line.Length) column = -1;
            result.Append(column <= 0 ? line : Row(line, column, age)).Append('\n');
        }

        return result.ToString(0, result.Length - 1);
    }

    private static string Row(string line, int column, string age)
    {
        var cells = line[column..].Split("  ", 2);
        var cell = cells[0] == Title ? Title : age;
        return line[..column] + (cells.Length == 1 ? cell : cell.PadRight(Title.Length + 3) + cells[1].TrimStart());
    }
}
