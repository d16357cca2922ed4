using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>One image that is to be brought in line.</summary>
/// <param name="Image">As it was read.</param>
/// <param name="Reading">When that was.</param>
/// <param name="DeclaredByOthers">Asked again for each plan, for other sets come and go.</param>
/// <param name="Removals">What may still be removed; shared by the images of a reconcile.</param>
public sealed record ImageJob(
    CloudSession Session,
    Image Image,
    ImageReading Reading,
    TagDeclaration Declaration,
    IReadOnlyCollection<string> Managed,
    Func<IReadOnlyCollection<string>> DeclaredByOthers,
    TagRules Rules,
    RemovalBudget Removals)
{
    /// <summary>What <see cref="Session"/> comes from, when the set names other credentials by now.</summary>
    public CloudCredentialsRef? Credentials { get; init; }

    /// <summary>Asked before each write: what was planned may be nobody's wish any more, and another set may have the image by now.</summary>
    public Func<bool> IsOvertaken { get; init; } = static () => false;

    public string Describe() => Image.Name is { Length: > 0 } name ? $"image '{name}' ({Image.Id})" : $"image {Image.Id}";

    public ImageTags TagsOf(Image image) => new(image.Tags, Managed, DeclaredByOthers());

    public TagPlan PlanFor(Image image) => TagPlanner.Plan(Declaration, TagsOf(image), Rules);
}
