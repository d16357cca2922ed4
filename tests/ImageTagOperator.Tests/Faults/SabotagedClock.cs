using System.Diagnostics;
using System.Reflection;

namespace ImageTagOperator.Tests.Faults;

/// <summary>The clock, which can be struck when the code of a reconcile asks for the time.</summary>
internal sealed class SabotagedClock(Saboteur saboteur) : TimeProvider
{
    private static readonly string[] Rooms = ["ImageTagOperator.Reconciliation", "ImageTagOperator.Memory", "ImageTagOperator.Controllers"];

    public override DateTimeOffset GetUtcNow()
    {
        if (saboteur.SparesTheClock) return System.GetUtcNow();
        // Other parts of the process ask it too; they are not what this is about.
        var callers = new StackTrace(fNeedFileInfo: false).GetFrames().Select(frame => frame.GetMethod()).OfType<MethodBase>().ToArray();
        if (callers.Any(caller => Rooms.Contains(caller.DeclaringType?.Namespace)) && !callers.Any(IsBesideReconciles))
        {
            saboteur.Call("ask for the time");
        }

        return System.GetUtcNow();
    }

    private static bool IsBesideReconciles(MethodBase caller) =>
        $"{caller.DeclaringType?.FullName}.{caller.Name}" is var name
        && (name.Contains("SetGauges", StringComparison.Ordinal) || name.Contains("FailedAsync", StringComparison.Ordinal)
            || name.EndsWith(".OnChange", StringComparison.Ordinal));
}
