using System.Globalization;
using System.Net;

namespace ImageTagOperator.Hosting;

/// <summary>Where the health endpoints can listen.</summary>
internal static class HealthAddress
{
    /// <summary>What is wrong with an address, as the end of a sentence; null when it can be listened on.</summary>
    public static string? Problem(string text)
    {
        const string form = "must be a URL such as http://0.0.0.0:8080";
        const string scheme = "http://";
        if (text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) return $"{form}, and is {text}: there is no TLS here.";
        if (!text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return $"{form}, and is {text}.";
        var rest = text[scheme.Length..].TrimEnd('/');
        var colon = rest.LastIndexOf(':');
        var hasPort = colon > rest.LastIndexOf(']');
        var host = hasPort ? rest[..colon] : rest;
        if (!hasPort || !ushort.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture,
            out _)) return $"{form}, and {text} has no port from 0 to 65535.";
        // Kestrel would listen everywhere for a name that it does not know.
        return host is "localhost" or "*" or "+" || IPAddress.TryParse(host, out _) ? null
            : $"{form}: '{host}' is no IP address of this machine.";
    }
}
