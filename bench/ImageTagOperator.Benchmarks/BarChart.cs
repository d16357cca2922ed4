using System.Globalization;
using System.Net;
using System.Text;

namespace ImageTagOperator.Benchmarks;

/// <summary>A bar chart in SVG.</summary>
internal static class BarChart
{
    private const int Width = 760;
    private const int Left = 330;
    private const int RowHeight = 26;
    private const int Top = 48;
    private const int Most = Width - Left - 110;

    /// <param name="bars">The label of each bar, and its value in the unit.</param>
    /// <param name="limit">The position and label of a limit line; null for none.</param>
    public static string Draw(
        string title, string unit, IReadOnlyList<(string Name, double Value)> bars, (string Name, double Value)? limit = null)
    {
        var longest = Math.Max(bars.Max(bar => bar.Value), limit?.Value ?? 0);
        var height = Top + (bars.Count * RowHeight) + 30;
        var svg = new StringBuilder();
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"13\">");
        Add($"<rect width=\"{Width}\" height=\"{height}\" fill=\"#ffffff\"/>");
        Add($"<text x=\"16\" y=\"26\" font-size=\"15\" font-weight=\"bold\" fill=\"#1f2328\">{WebUtility.HtmlEncode(title)}</text>");
        foreach (var (number, (name, value)) in bars.Index())
        {
            var y = Top + (number * RowHeight);
            Add($"<text x=\"{Left - 10}\" y=\"{y + 15}\" text-anchor=\"end\" fill=\"#1f2328\">{WebUtility.HtmlEncode(name)}</text>");
            Add($"<rect x=\"{Left}\" y=\"{y + 2}\" width=\"{Length(value):0.#}\" height=\"18\" fill=\"#0969da\"/>");
            Add($"<text x=\"{Left + Length(value) + 6:0.#}\" y=\"{y + 15}\" fill=\"#1f2328\">{Report.Figure(value)} {unit}</text>");
        }

        if (limit is { } line)
        {
            var (x, bottom) = (Left + Length(line.Value), height - 24);
            Add($"<path d=\"M{x:0.#} {Top - 4}V{bottom}\" stroke=\"#cf222e\" stroke-dasharray=\"4 3\"/>");
            var name = WebUtility.HtmlEncode(line.Name);
            Add($"<text x=\"{x:0.#}\" y=\"{bottom + 15}\" text-anchor=\"middle\" fill=\"#cf222e\">{name}</text>");
        }

        return svg.Append("</svg>\n").ToString();

        double Length(double value) => longest == 0 ? 0 : Most * value / longest;

        void Add(FormattableString element) => svg.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
