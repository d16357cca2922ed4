using Spectre.Console;

namespace ImageTagOperator.Commands.Output;

/// <summary>Writes text for people, with colours if supported. Text from clouds and files is escaped, because it can contain terminal
/// control sequences.</summary>
internal sealed class Terminal
{
    private static readonly Dictionary<Tone, Style> Styles = new()
    {
        [Tone.Plain] = Style.Plain,
        [Tone.Strong] = new Style(decoration: Decoration.Bold),
        [Tone.Faint] = new Style(decoration: Decoration.Dim),
        [Tone.Added] = new Style(Color.Green),
        [Tone.Removed] = new Style(Color.Maroon),
        [Tone.Good] = new Style(Color.Green),
        [Tone.Problem] = new Style(Color.Olive),
    };

    private readonly IAnsiConsole console;

    public Terminal(TextWriter writer, bool hasColours)
    {
        HasColours = hasColours;
        console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = hasColours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = hasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = int.MaxValue / 2;       // a terminal wraps lines itself, and a file should not
    }

    public bool HasColours { get; }

    public void Line(params IEnumerable<(string Text, Tone Tone)> pieces)
    {
        // Not as markup, which would interpret brackets and :words: in a tag.
        var line = new Paragraph();
        foreach (var (text, tone) in pieces) line.Append(VisibleText.Of(text), Styles[tone]);
        console.Write(line);
        console.WriteLine();
    }

    public void Line(string text = "", Tone tone = Tone.Plain) => Line([(text, tone)]);

    /// <summary>Writes a table with columns as wide as needed, three blanks apart.</summary>
    public void Table(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<(string Text, Tone Tone)>> rows)
    {
        var widths = headings.Select(
            (heading, column) => rows.Select(row => VisibleText.Of(row[column].Text).Length).Append(heading.Length).Max()).ToArray();
        Row([.. headings.Select(heading => (heading, Tone.Strong))]);
        foreach (var row in rows) Row(row);

        void Row(IReadOnlyList<(string Text, Tone Tone)> cells)
        {
            var last = cells.Index().LastOrDefault(cell => cell.Item.Text.Length > 0).Index;
            Line(cells.Take(last + 1).Index().SelectMany<(int Index, (string Text, Tone Tone) Item), (string, Tone)>(cell =>
                cell.Index == last ? [cell.Item]
                    : [cell.Item, (new string(' ', widths[cell.Index] - VisibleText.Of(cell.Item.Text).Length + 3), Tone.Plain)]));
        }
    }

    /// <summary>Clears the screen and moves the cursor to the upper left.</summary>
    public void Clear() => console.Clear(home: true);
}
