using ImageTagOperator.Commands.Output;

namespace ImageTagOperator.Commands.Apply;

/// <summary>Tells on standard error how far long work has come: on a terminal in one line that changes, elsewhere a line now and then, and
/// of work that is done at once nothing. Safe for concurrent use.</summary>
internal sealed class Progress(Surroundings here)
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private long told;
    private int steps;
    private int done;
    private bool isShown;

    public void Begin(int total) => (steps, told) = (total, here.Time.GetTimestamp());

    public void Step()
    {
        lock (gate)
        {
            done++;
            if (here.Time.GetElapsedTime(told) < (here.IsTerminal ? OnTerminal : Elsewhere)) return;
            told = here.Time.GetTimestamp();
            isShown = true;
            // More than was planned may turn out to be needed.
            var text = $"{done} of {Words.Count(Math.Max(steps, done), "change")} made";
            if (here.IsTerminal) here.Error.Write($"\r{text} ");
            else here.Error.WriteLine(text);
        }
    }

    public void End()
    {
        if (isShown && here.IsTerminal) here.Error.Write("\r\x1b[K");
    }
}
