namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>What the users do at one moment.</summary>
/// <param name="At">The number of the request before which it happens, where the story does not wait for quiet.</param>
/// <param name="Edits">New specs by set; null deletes it.</param>
/// <param name="Import">Tags of an image that comes; null: none does.</param>
internal sealed record Change(int At, IReadOnlyDictionary<int, Declared?> Edits, string[]? Import)
{
    public override string ToString() =>
        $"before #{At}: {string.Join("; ", Edits.Select(edit => $"set {edit.Key} {(edit.Value is null ? "deleted" : $"becomes {edit.Value}")}"))}{(Import is null ? "" : $" import [{string.Join("|", Import)}]")}";
}
