using System.Globalization;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The query parameters of the Kubernetes API.</summary>
internal sealed class Query(IQueryCollection parameters)
{
    public bool Watch => Flag("watch");

    public bool Bookmarks => Flag("allowWatchBookmarks");

    public bool SendInitialEvents => Flag("sendInitialEvents");

    public bool IsDryRun => Text("dryRun") switch
    {
        null => false,
        "All" => true,
        var other => throw Refusals.Invalid("meta.k8s.io", "CreateOptions", "", [FieldError.NotSupported("dryRun", other, ["All"])]),
    };

    public string? ResourceVersion => Text("resourceVersion");

    public string? VersionMatch => Text("resourceVersionMatch");

    public string? Continue => Text("continue");

    public string? LabelSelector => Text("labelSelector");

    public string? FieldSelector => Text("fieldSelector");

    public string? IncludeObject => Text("includeObject");

    public string FieldValidation => Text("fieldValidation") ?? "Warn";

    public long Limit => Number("limit") ?? 0;

    public long? TimeoutSeconds => Number("timeoutSeconds");

    /// <summary>Null when there is no resourceVersion, or when it is 0, which means any version.</summary>
    public long? ExactVersion
    {
        get
        {
            if (ResourceVersion is not { } text) return null;
            if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) || version > long.MaxValue)
            {
                var shown = FieldError.Quote(text);
                throw Refusals.Internal($"resourceVersion: Invalid value: {shown}: strconv.ParseUint: parsing {shown}: invalid syntax");
            }

            return version == 0 ? null : (long)version;
        }
    }

    public WriteOptions WriteOptions => new(IsDryRun, FieldValidation);

    private string? Text(string name) =>
        parameters.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } text ? text : null;

    private bool Flag(string name) => Text(name) is "true" or "1" or "True";

    private long? Number(string name)
    {
        if (Text(name) is not { } text) return null;
        return long.TryParse(text, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Refusals.BadRequest($"strconv.ParseInt: parsing {FieldError.Quote(text)}: invalid syntax");
    }
}
