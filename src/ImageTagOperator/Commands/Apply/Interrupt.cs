using System.Runtime.InteropServices;

namespace ImageTagOperator.Commands.Apply;

/// <summary>Handles Ctrl-C and SIGTERM: the first signal requests a stop, the second ends the process.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly TextWriter error;
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public Interrupt(TextWriter error)
    {
        this.error = error;
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];
    }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        source.Dispose();
    }

    private void OnSignal(PosixSignalContext signal)
    {
        if (source.IsCancellationRequested) return;
        signal.Cancel = true;
        error.WriteLine("Stopping after the changes that are under way. Once more ends at once.");
        source.Cancel();
    }
}
