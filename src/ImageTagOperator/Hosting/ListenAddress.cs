using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ImageTagOperator.Hosting;

/// <summary>Validates and applies the addresses that the health endpoints and /metrics listen on.</summary>
internal static class ListenAddress
{
    /// <summary>What is wrong with an address, as the end of a sentence; null when it is valid.</summary>
    /// <param name="example">A valid example, with the required scheme.</param>
    public static string? Problem(string text, string example)
    {
        var form = $"must be a URL such as {example}";
        var scheme = example[..(example.IndexOf("//", StringComparison.Ordinal) + 2)];
        if (text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && scheme == "http://") return
            $"{form}, and is {text}: there is no TLS here.";
        if (!text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return $"{form}, and is {text}.";
        var rest = text[scheme.Length..].TrimEnd('/');
        var colon = rest.LastIndexOf(':');
        var hasPort = colon > rest.LastIndexOf(']');
        var host = hasPort ? rest[..colon] : rest;
        if (!hasPort || !ushort.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture,
            out _)) return $"{form}, and {text} has no port from 0 to 65535.";
        // Kestrel would listen on all interfaces for an unknown name.
        return host is "localhost" or "*" or "+" || IPAddress.TryParse(host, out _) ? null
            : $"{form}: '{host}' is no IP address of this machine.";
    }

    public static void Listen(KestrelServerOptions kestrel, string address, Action<ListenOptions> configure)
    {
        var binding = BindingAddress.Parse(address);
        if (binding.Host == "localhost") kestrel.ListenLocalhost(binding.Port, configure);
        else if (IPAddress.TryParse(binding.Host, out var host)) kestrel.Listen(host, binding.Port, configure);
        else kestrel.ListenAnyIP(binding.Port, configure);
    }
}
