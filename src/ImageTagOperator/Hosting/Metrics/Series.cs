namespace ImageTagOperator.Hosting.Metrics;

/// <summary>The values of one combination of labels of an instrument. Not thread-safe.</summary>
/// <param name="bounds">The upper bounds of a histogram's buckets; null for other types.</param>
internal sealed class Series(double[]? bounds)
{
    private readonly long[] buckets = new long[(bounds?.Length ?? -1) + 1];

    /// <summary>The value of a counter or gauge; the sum of a histogram.</summary>
    public double Value { get; private set; }

    /// <summary>The number of values of a histogram.</summary>
    public long Count { get; private set; }

    public IReadOnlyList<double> Bounds => bounds ?? [];

    /// <summary>The number of values between the previous bound and this one; the last bucket is for values above all bounds.</summary>
    public IReadOnlyList<long> Buckets => buckets;

    public void Set(double value) => Value = value;

    public void Add(double value)
    {
        Value += value;
        if (bounds is null) return;
        Count++;
        var index = Array.BinarySearch(bounds, value);      // a bound belongs to the bucket below it
        buckets[index < 0 ? ~index : index]++;
    }
}
