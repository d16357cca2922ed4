namespace ImageTagOperator.Hosting.Metrics;

/// <summary>One combination of labels of an instrument, and what was measured of it. Not safe for concurrent use.</summary>
/// <param name="bounds">The upper bounds of a histogram's buckets; null for anything but a histogram.</param>
internal sealed class Series(double[]? bounds)
{
    private readonly long[] buckets = new long[(bounds?.Length ?? -1) + 1];

    /// <summary>Of a counter or gauge; of a histogram, the sum.</summary>
    public double Value { get; private set; }

    /// <summary>How many values a histogram took.</summary>
    public long Count { get; private set; }

    public IReadOnlyList<double> Bounds => bounds ?? [];

    /// <summary>How many values fell between the bound before and this one; the last is for those above all bounds.</summary>
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
