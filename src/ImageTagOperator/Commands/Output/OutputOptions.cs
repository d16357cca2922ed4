using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Kubernetes.Yaml;

namespace ImageTagOperator.Commands.Output;

/// <summary>The output format of a command: for people, with or without colours, or for programs.</summary>
internal sealed class OutputOptions(CommandContext here, params string[] formats)
{
    private readonly Option<string?> format = new Option<string?>("--output",
        "-o") { Description = $"{string.Join(" or ", formats)} instead of text.", HelpName = "format" }.AcceptOnlyFromAmong(formats);

    private readonly Option<string> color = new Option<string>("--color")
    {
        Description = "auto, always or never. auto: on a terminal, unless NO_COLOR is set.", HelpName = "when", DefaultValueFactory = _ =>
            "auto",
    }.AcceptOnlyFromAmong("auto", "always", "never");

    public void AddTo(Command command)
    {
        command.Options.Add(format);
        command.Options.Add(color);
    }

    public string? Format(ParseResult parsed) => parsed.GetValue(format);

    public Terminal Terminal(ParseResult parsed, TextWriter? writer = null) => new(writer ?? here.Out, parsed.GetValue(color) switch
    {
        "always" => true,
        "never" => false,
        _ => here.IsTerminal && here.Variable("NO_COLOR") is null && here.Variable("TERM") != "dumb",
    });

    /// <summary>Writes a value as JSON or YAML.</summary>
    public void Write<T>(string format, T value, JsonTypeInfo<T> type)
    {
        if (format == "yaml") here.Out.Write(KubernetesYaml.Serialize(JsonSerializer.SerializeToNode(value, type)!));
        else here.Out.WriteLine(VisibleText.InQuotes(JsonSerializer.Serialize(value, type)));
    }
}
