using System.Text.RegularExpressions;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Validates names, with the messages of an API server.</summary>
internal static partial class Names
{
    public const string SubdomainRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an " +
        "alphanumeric character (e.g. 'example.com', regex used for validation is " +
        "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    public const string LabelRule =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
        "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    public const string QualifiedRule =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
        "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    public const string LabelValueRule =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
        "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
        "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    public const string ConfigKeyRule =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', " +
        "regex used for validation is '[-._a-zA-Z0-9]+')";

    public const int SubdomainLimit = 253;

    public const int LabelLimit = 63;

    public static bool IsSubdomain(string name) => name.Length <= SubdomainLimit && Subdomain().IsMatch(name);

    public static bool IsLabel(string name) => name.Length <= LabelLimit && Label().IsMatch(name);

    public static bool IsConfigKey(string name) => name.Length <= SubdomainLimit && ConfigKey().IsMatch(name);

    public static bool IsLabelValue(string value) => value.Length == 0 || (value.Length <= LabelLimit && Qualified().IsMatch(value));

    /// <summary>An optional DNS prefix and a name: the format of labels, annotations and finalizers.</summary>
    public static bool IsQualified(string name)
    {
        var parts = name.Split('/');
        return parts.Length switch
        {
            1 => IsLocal(parts[0]),
            2 => IsSubdomain(parts[0]) && IsLocal(parts[1]),
            _ => false,
        };

        static bool IsLocal(string part) => part.Length <= LabelLimit && Qualified().IsMatch(part);
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex Qualified();

    [GeneratedRegex(@"^[-._a-zA-Z0-9]+\z")]
    private static partial Regex ConfigKey();
}
