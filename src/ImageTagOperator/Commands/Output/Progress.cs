namespace ImageTagOperator.Commands.Output;

/// <summary>Reports the progress of long work on standard error: on a terminal in one updated line, elsewhere in a line every ten seconds.
/// Short work reports nothing. Thread-safe.</summary>
/// <param name="noun">The counted object, such as <c>set</c>.</param>
/// <param name="participle">What is done to it, such as <c>planned</c>.</param>
internal sealed class Progress(CommandContext here, string noun, string participle)
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private ITimer? timer;
    private int steps;
    private int done;
    private bool isShown;

    public void Begin(int total)
    {
        steps = total;
        var period = here.IsErrorTerminal ? OnTerminal : Elsewhere;
        timer = here.Time.CreateTimer(_ => Show(), null, period, period);
    }

    public void Step() => Interlocked.Increment(ref done);

    public void End()
    {
        lock (gate)
        {
            timer?.Dispose();
            timer = null;
            if (isShown && here.IsErrorTerminal) here.Error.Write("\r\x1b[K");
        }
    }

    private void Show()
    {
        lock (gate)
        {
            if (timer is null) return;
            isShown = true;
            // There may be more steps than planned.
            var (now, all) = (Volatile.Read(ref done), Math.Max(steps, Volatile.Read(ref done)));
            var text = $"{now} of {Words.Count(all, noun)} {participle}";
            if (here.IsErrorTerminal) here.Error.Write($"\r{text} ");
            else here.Error.WriteLine(text);
        }
    }
}
