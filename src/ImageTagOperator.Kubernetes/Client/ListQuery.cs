using System.Globalization;

namespace ImageTagOperator.Kubernetes.Client;

/// <summary>The query of a list request.</summary>
internal static class ListQuery
{
    public static string For(ListOptions options, string? continueToken)
    {
        var query = "?limit=" + options.PageSize.ToString(CultureInfo.InvariantCulture);
        if (options.LabelSelector is { } labels) query += "&labelSelector=" + Uri.EscapeDataString(labels);
        if (options.FieldSelector is { } fields) query += "&fieldSelector=" + Uri.EscapeDataString(fields);
        // The token already determines the resourceVersion; the server rejects both together.
        if (continueToken is not null) query += "&continue=" + Uri.EscapeDataString(continueToken);
        else if (options.ResourceVersion is { } version) query += "&resourceVersion=" + Uri.EscapeDataString(version);
        return query;
    }
}
