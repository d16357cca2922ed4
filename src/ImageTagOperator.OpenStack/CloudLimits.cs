namespace ImageTagOperator.OpenStack;

/// <summary>What is asked of one cloud at most, by all who use it in this process together.</summary>
public sealed record CloudLimits
{
    /// <summary>Requests that wait for an answer at the same time.</summary>
    /// <value>8: a Glance with two workers does most per second with four to eight (measured), and more only wait for each other</value>
    public int Concurrency { get; init; } = 8;

    /// <summary>Requests that are begun in one second.</summary>
    /// <value>50</value>
    public int RequestsPerSecond { get; init; } = 50;

    /// <summary>How long one request may take. A write that takes longer is taken for one that may still be running.</summary>
    /// <value>30 s: with its database down a Keystone was seen to hang for over a minute</value>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How old a reading may grow that is only kept up by asking what changed: that tells of no image that was deleted or is no
    /// longer shown to us.</summary>
    /// <value>6 h; it only matters where more images are looked at than fit into two requests, which are about 400</value>
    public TimeSpan FullReadInterval { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Bytes of an answer that is read.</summary>
    /// <value>16 MiB: a thousand images are some 2 MB</value>
    public int LongestAnswer { get; init; } = 16 << 20;

    /// <summary>Bytes of one list, over all its pages.</summary>
    /// <value>64 MiB</value>
    public int LongestList { get; init; } = 64 << 20;

    /// <summary>Images of one list.</summary>
    /// <value>20,000</value>
    public int MostImages { get; init; } = 20_000;

    /// <summary>Bytes, as estimated, that images may take in memory that were read, of all clouds together. One namespace may have a third
    /// of it.</summary>
    /// <value>half of what the process may have</value>
    public long ImageMemory { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>How long a list may take, with all its pages and the waits for a turn.</summary>
    /// <value>2 min</value>
    public TimeSpan ListDeadline { get; init; } = TimeSpan.FromMinutes(2);
}
