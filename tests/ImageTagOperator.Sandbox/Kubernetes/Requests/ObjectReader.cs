using System.Globalization;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Reads lists, paged when the request asks for it.</summary>
internal sealed class ObjectReader(Cluster cluster)
{
    public (JsonObject Metadata, IReadOnlyList<StoredObject> Objects) List(ResourcePath path, Query query)
    {
        var labels = LabelSelector.Parse(query.LabelSelector);
        var fields = FieldSelector.Parse(query.FieldSelector, path.Resource);
        var (version, all, after) = Snapshot(path.Resource, query);
        List<StoredObject> matching = [.. all.Where(stored =>
            (path.Namespace.Length == 0 || stored.Namespace == path.Namespace) &&
            string.CompareOrdinal(stored.Key, after) > 0 && labels.Matches(stored.Labels) && fields.Matches(path.Resource, stored))];
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        // Lists of custom resources contain an empty continue member; built-in lists omit it.
        if (path.Resource.IsCustom) metadata["continue"] = "";
        // A request for any version is served from the cache, which has no pages.
        if (query.Limit <= 0 || query.ResourceVersion == "0" || matching.Count <= query.Limit) return (metadata, matching);
        var page = matching[..(int)query.Limit];
        metadata["continue"] = new ContinueToken(version, page[^1].Key).ToString();
        // With a selector, a server does not know the remaining count and omits it.
        if (labels.IsEmpty && fields.IsEmpty) metadata["remainingItemCount"] = matching.Count - page.Count;
        return (metadata, page);
    }

    private (long Version, IReadOnlyList<StoredObject> Objects, string? After) Snapshot(ResourceDefinition resource, Query query)
    {
        if (query.Continue is { } text)
        {
            var token = ContinueToken.Parse(text);
            if (query.ExactVersion is not null) throw Refusals.BadRequest("specifying resource version is not allowed when using continue");
            if (token.Version >= 0) return (token.Version, At(resource, token), token.After);
            var (now, objects) = cluster.Store.List(resource.StorageKey);
            return (now, objects, token.After);
        }

        CheckVersionMatch(query);
        var wanted = query.ExactVersion;
        if (query.VersionMatch == "Exact" && wanted is { } exact)
        {
            var then = cluster.Store.ListAt(resource.StorageKey, exact) ?? throw Refusals.TooOld(exact, cluster.Store.OldestVersion);
            return (exact, then, null);
        }

        var (version, all) = cluster.Store.List(resource.StorageKey);
        if (wanted > version) throw Refusals.FutureVersion(wanted.Value, version);
        return (version, all, null);
    }

    private static void CheckVersionMatch(Query query)
    {
        if (query.VersionMatch is not { } match) return;
        if (query.ResourceVersion is null) throw Refusals.InvalidListOptions(
            FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"));
        if (match is not ("Exact" or "NotOlderThan")) throw Refusals.InvalidListOptions(
            FieldError.NotSupported("resourceVersionMatch", match, ["Exact", "NotOlderThan", ""]));
        if (match == "Exact" && query.ResourceVersion == "0") throw Refusals.InvalidListOptions(
            FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
    }

    private IReadOnlyList<StoredObject> At(ResourceDefinition resource, ContinueToken token) =>
        cluster.Store.ListAt(resource.StorageKey, token.Version) ??
        throw new StatusException(410, "Expired", ContinueToken.Expired) { Continue = new ContinueToken(-1, token.After).ToString() };
}
