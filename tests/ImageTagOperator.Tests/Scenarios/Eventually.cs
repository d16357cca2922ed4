using System.Diagnostics;

namespace ImageTagOperator.Scenarios;

/// <summary>Polls for conditions of servers and processes.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    /// <summary>Polls until the condition holds; fails with the last observation.</summary>
    public static async Task<T> HoldsAsync<T>(Func<Task<T>> read, Func<T, bool> holds, string expectation, Func<T, string> describe)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var value = await read();
            if (holds(value)) return value;
            if (clock.Elapsed > Patience) throw new TimeoutException(
                $"Waited {Patience.TotalSeconds:0} s for {expectation}, but {describe(value)}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }
}
