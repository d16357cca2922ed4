using ImageTagOperator.Planning.Selection;

namespace ImageTagOperator.Planning.Specs;

/// <summary>What a set declares, as far as a decision depends on it. The fields are those of the API.</summary>
public interface ITagSetSpec
{
    string SecretName { get; }

    string CloudName { get; }

    IImageReference Image { get; }

    IReadOnlyList<string> Tags { get; }

    TagPolicy Policy { get; }

    IReadOnlyList<string>? IgnoreTags { get; }

    TagSetMode Mode { get; }

    TagDeletionPolicy DeletionPolicy { get; }

    int? MaxRemovals { get; }

    /// <summary>A duration as <see cref="Scheduling.GoDuration"/> reads it.</summary>
    string Interval { get; }

    bool Suspend { get; }
}
