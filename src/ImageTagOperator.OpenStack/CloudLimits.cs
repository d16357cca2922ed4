namespace ImageTagOperator.OpenStack;

/// <summary>The limits for one cloud, shared by all of its users in this process.</summary>
public sealed record CloudLimits
{
    /// <summary>The number of concurrent requests.</summary>
    /// <value>8: a Glance with two workers reaches its best throughput with four to eight (measured)</value>
    public int Concurrency { get; init; } = 8;

    /// <summary>The number of requests that are started per second.</summary>
    /// <value>50</value>
    public int RequestsPerSecond { get; init; } = 50;

    /// <summary>The deadline of one request. A write that exceeds it may still be running.</summary>
    /// <value>30 s: a Keystone without its database was seen to hang for over a minute</value>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum age of a reading that is only kept current by queries for changes. Such queries do not show images that were
    /// deleted or are no longer visible.</summary>
    /// <value>6 h; only relevant where more images are watched than fit into two requests, which is about 400</value>
    public TimeSpan FullReadInterval { get; init; } = TimeSpan.FromHours(6);

    /// <summary>The most bytes of one answer.</summary>
    /// <value>16 MiB: a thousand images are about 2 MB</value>
    public int MaxAnswerBytes { get; init; } = 16 << 20;

    /// <summary>The most bytes of one list, over all of its pages.</summary>
    /// <value>64 MiB</value>
    public int MaxListBytes { get; init; } = 64 << 20;

    /// <summary>The most images of one list.</summary>
    /// <value>20,000</value>
    public int MaxImages { get; init; } = 20_000;

    /// <summary>The estimated bytes of memory for images that were read, over all clouds. One namespace can use a third of it.</summary>
    /// <value>half of the memory available to the process</value>
    public long ImageMemory { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>The deadline of a list, including all pages and the waits for a slot.</summary>
    /// <value>2 min</value>
    public TimeSpan ListDeadline { get; init; } = TimeSpan.FromMinutes(2);
}
