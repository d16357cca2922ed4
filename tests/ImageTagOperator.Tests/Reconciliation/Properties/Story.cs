using System.Text;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>A world and what happens in it.</summary>
/// <param name="Images">The tags of each image at the start.</param>
/// <param name="Sets">The first is the oldest.</param>
internal sealed record Story(
    IReadOnlyList<string[]> Images, IReadOnlyList<Declared> Sets, IReadOnlyList<Change> Changes, IReadOnlyList<Incident> Incidents)
{
    /// <summary>Imported ones too.</summary>
    public IReadOnlyList<string[]> AllImages => [.. Images, .. Changes.Select(change => change.Import).OfType<string[]>()];

    public override string ToString()
    {
        var text = new StringBuilder().AppendLine();
        for (var i = 0; i < Images.Count; i++) text.AppendLine($"  image {i} [{string.Join("|", Images[i])}]");
        for (var i = 0; i < Sets.Count; i++) text.AppendLine($"  set {i}: {Sets[i]}");
        foreach (var change in Changes) text.AppendLine($"  {change}");
        if (Incidents.Count > 0) text.AppendLine($"  {string.Join(", ", Incidents)}");
        return text.ToString();
    }
}
