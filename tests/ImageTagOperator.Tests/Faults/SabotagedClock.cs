using System.Diagnostics;
using System.Reflection;

namespace ImageTagOperator.Tests.Faults;

/// <summary>The clock, which can be struck when the code of a reconcile asks for the time.</summary>
internal sealed class SabotagedClock(Saboteur saboteur) : TimeProvider
{
    private static readonly string[] Rooms = ["ImageTagOperator.Reconciliation", "ImageTagOperator.Memory", "ImageTagOperator.Controllers"];

    public override DateTimeOffset GetUtcNow()
    {
        if (!saboteur.SparesTheClock && saboteur.Struck is null && FindCaller() is { } line) saboteur.CallOnce("ask for the time", line);
        return System.GetUtcNow();
    }

    /// <summary>The statement of a reconcile that asks; null when another part of the process does.</summary>
    private static string? FindCaller()
    {
        var frames = new StackTrace(fNeedFileInfo: false).GetFrames();
        var caller = Array.Find(frames, frame => Rooms.Contains(frame.GetMethod()?.DeclaringType?.Namespace));
        if (caller is null || frames.Select(frame => frame.GetMethod()).OfType<MethodBase>().Any(IsBesideReconciles)) return null;
        var method = caller.GetMethod()!;
        return $"{method.DeclaringType}.{method.Name}+{caller.GetILOffset()}";
    }

    private static bool IsBesideReconciles(MethodBase caller) =>
        $"{caller.DeclaringType?.FullName}.{caller.Name}" is var name
        && (name.Contains("SetGauges", StringComparison.Ordinal) || name.Contains("FailedAsync", StringComparison.Ordinal)
            || name.EndsWith(".OnChange", StringComparison.Ordinal));
}
