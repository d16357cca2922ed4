namespace ImageTagOperator.Tests.Reconciliation.SideBySide;

/// <summary>The clock of one process: its timers fire in its lane, and end with it.</summary>
internal sealed class LaneTime(TimeProvider clock, Lane lane) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(
        _ =>
        {
            if (!lane.IsDead) lane.Run(() => callback(state));
        },
        null,
        dueTime,
        period);
}
