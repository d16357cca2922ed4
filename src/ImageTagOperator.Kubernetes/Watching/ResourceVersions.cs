using System.Globalization;

namespace ImageTagOperator.Kubernetes.Watching;

/// <summary>Compares versions of one object.</summary>
internal static class ResourceVersions
{
    /// <summary>Whether <paramref name="candidate"/> says nothing new to one who knows <paramref name="known"/>. Versions are opaque in
    /// general,
    /// but those of etcd count up; anything that is not a number is taken for new.</summary>
    public static bool IsOld(V1ObjectMeta candidate, V1ObjectMeta known) =>
        candidate.Uid == known.Uid
        && ulong.TryParse(candidate.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var left)
        && ulong.TryParse(known.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var right)
        && left <= right;
}
