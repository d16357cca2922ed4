namespace ImageTagOperator.Sandbox.Demo;

/// <summary>Prints the demo: numbered steps, indented details, colour on a terminal.</summary>
internal sealed class Story
{
    private readonly bool colour = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;
    private int steps;

    public void Step(string title) => Console.WriteLine($"\n{Paint("1", $"{++steps}. {title}")}");

    public void Say(string text) => Console.WriteLine("   " + text);

    /// <summary>A command or file of the user.</summary>
    public void Show(string text)
    {
        foreach (var line in text.TrimEnd().Split('\n')) Console.WriteLine("   " + Paint("36", "| " + line));
    }

    public void Tags(string when, string image, IEnumerable<string> tags) =>
        Console.WriteLine(
            $"   {when} image {image} has tags {Paint("1;32", $"[{string.Join(", ", tags.Order(StringComparer.Ordinal))}]")}");

    public void Call(Call call) => Console.WriteLine("   " + Paint("33", $"-> {call.Method} {call.Target}  {call.Status}"));

    private string Paint(string code, string text) => colour ? $"\e[{code}m{text}\e[0m" : text;
}
