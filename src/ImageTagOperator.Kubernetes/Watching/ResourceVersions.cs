using System.Globalization;

namespace ImageTagOperator.Kubernetes.Watching;

/// <summary>Compares versions of one object.</summary>
internal static class ResourceVersions
{
    /// <summary>Whether <paramref name="candidate"/> is not newer than <paramref name="known"/>. Versions are opaque in general, but those
    /// of etcd increase; anything that is not a number counts as new.</summary>
    public static bool IsOld(V1ObjectMeta candidate, V1ObjectMeta known) =>
        candidate.Uid == known.Uid
        && ulong.TryParse(candidate.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var left)
        && ulong.TryParse(known.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var right)
        && left <= right;
}
