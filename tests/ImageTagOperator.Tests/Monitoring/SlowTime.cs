namespace ImageTagOperator.Tests.Monitoring;

/// <summary>Timers fire as usual, but one second of this clock takes a hundred real ones: on a busy machine nothing expires.</summary>
internal sealed class SlowTime : TimeProvider
{
    private static readonly DateTimeOffset Start = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => Start + ((System.GetUtcNow() - Start) / 100);

    public override long GetTimestamp() => System.GetTimestamp() / 100;
}
