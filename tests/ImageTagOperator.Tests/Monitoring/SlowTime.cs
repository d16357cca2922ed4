namespace ImageTagOperator.Tests.Monitoring;

/// <summary>Timers fire as ever, yet a second takes a hundred: however long a busy machine takes, nothing gets old.</summary>
internal sealed class SlowTime : TimeProvider
{
    private static readonly DateTimeOffset Start = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => Start + ((System.GetUtcNow() - Start) / 100);

    public override long GetTimestamp() => System.GetTimestamp() / 100;
}
