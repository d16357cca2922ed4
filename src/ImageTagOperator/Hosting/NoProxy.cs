using System.Globalization;
using System.Net;

namespace ImageTagOperator.Hosting;

/// <summary>NO_PROXY as curl, Go and Python interpret it. Besides names, which are all that .NET supports, it accepts networks
/// (10.0.0.0/8), ports (example.com:8443) and a domain without a leading dot, which includes its subdomains.</summary>
/// <param name="list">The value of the variable.</param>
internal sealed class NoProxy(string list)
{
    private readonly string[] entries = list.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Whether the URL is reached without the proxy.</summary>
    public bool Matches(Uri url) => entries.Any(entry => Matches(entry, url.IdnHost.Trim('[', ']').TrimEnd('.'), url.Port));

    private static bool Matches(string entry, string host, int port)
    {
        if (entry == "*") return true;
        if (IPNetwork.TryParse(entry, out var network)) return IPAddress.TryParse(host, out var inside) && network.Contains(inside);
        if (IPAddress.TryParse(entry.Trim('[', ']'), out var address)) return IPAddress.TryParse(host, out var same)
            && address.Equals(same);
        var colon = entry.LastIndexOf(':');
        if (colon > 0 && int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var only))
        {
            return only == port && Matches(entry[..colon], host, port);
        }

        var domain = entry.TrimStart('*').TrimStart('.').TrimEnd('.');
        return domain.Length > 0 && (host.Equals(domain, StringComparison.OrdinalIgnoreCase)
            || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase));
    }
}
