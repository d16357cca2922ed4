using ImageTagOperator.Planning.Selection;

namespace ImageTagOperator.Planning.Specs;

/// <summary>The fields of the spec that decisions depend on, named as in the API.</summary>
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
