namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>An image and its rows in the tag table, in which a race can leave a tag twice.</summary>
internal sealed class ModelImage(int index, IEnumerable<string> tags)
{
    public static readonly DateTimeOffset FirstCreated = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public int Index => index;

    public string Id => IdOf(index);

    public string Name => NameOf(index);

    /// <summary>Of two images the one with the higher index is newer.</summary>
    public DateTimeOffset Created => FirstCreated.AddDays(index);

    public List<string> Rows { get; } = [.. tags];

    public IEnumerable<string> Tags => Rows.Distinct();

    public static string IdOf(int index) => $"{index:x8}-0000-4000-8000-000000000000";

    public static string NameOf(int index) => index % 2 == 0 ? $"ubuntu-{index}" : $"debian-{index}";
}
