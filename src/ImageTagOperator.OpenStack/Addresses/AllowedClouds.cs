using System.Net;

namespace ImageTagOperator.OpenStack.Addresses;

/// <summary>The hosts and networks that the process may connect to. A clouds.yaml and a service catalog name hosts, and their authors need
/// not be trusted with the network of the operator.</summary>
public sealed class AllowedClouds
{
    private readonly string[] names;
    private readonly IPNetwork[] networks;
    private readonly bool allowsLoopback;

    private AllowedClouds(string[] names, IPNetwork[] networks, bool allowsLoopback) =>
        (this.names, this.networks, this.allowsLoopback) = (names, networks, allowsLoopback);

    /// <summary>Allows every address, including loopback, except those that never belong to a cloud.</summary>
    public static AllowedClouds Anywhere { get; } = new([], [], allowsLoopback: true);

    /// <param name="entries">Host names, <c>*.</c> followed by a domain, networks (<c>10.0.0.0/8</c>) and addresses. An empty list allows
    /// every address.</param>
    /// <param name="isInCluster">True in a pod, where loopback is the pod itself.</param>
    /// <exception cref="FormatException">An entry is invalid; see <see cref="Problem"/>.</exception>
    public static AllowedClouds Of(IEnumerable<string> entries, bool isInCluster)
    {
        var all = entries.ToArray();
        if (all.Select(Problem).OfType<string>().FirstOrDefault() is { } problem) throw new FormatException(problem);
        return new(
            [.. all.Where(entry => NetworkOf(entry) is null).Select(entry => entry.TrimEnd('.'))],
            [.. all.Select(NetworkOf).OfType<IPNetwork>()],
            allowsLoopback: all.Length == 0 && !isInCluster);
    }

    /// <summary>What is wrong with an entry; null when it is valid.</summary>
    public static string? Problem(string entry)
    {
        if (NetworkOf(entry) is not null) return null;
        var name = entry.StartsWith("*.", StringComparison.Ordinal) ? entry[2..] : entry;
        return Uri.CheckHostName(name) == UriHostNameType.Dns && !name.Contains('*') && !name.All(c => char.IsAsciiDigit(c) || c == '.')
            ? null
            : $"'{entry}' is no host name, no '*.' with one, and no network such as 10.0.0.0/8 with all bits behind its prefix zero.";
    }

    /// <summary>Whether the host name is allowed without a look at its addresses.</summary>
    internal bool AllowsName(string host)
    {
        host = host.TrimEnd('.');
        return names.Any(name => name.StartsWith("*.", StringComparison.Ordinal)
            ? host.Length > name.Length - 1 && host.EndsWith(name[1..], StringComparison.OrdinalIgnoreCase)
            : host.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether the administrator configured a list.</summary>
    internal bool HasAllowList => names.Length + networks.Length > 0;

    /// <summary>Why nothing may be sent to this address for a host of this name; null when it is allowed.</summary>
    internal string? WhyRefused(string host, IPAddress address)
    {
        var real = SpecialAddresses.EmbeddedAddress(address);
        if (SpecialAddresses.IsBlocked(real))
        {
            return $"{Describe(host, address)} is an address of the machine's or the provider's own services, and nothing is sent there";
        }

        if (IPAddress.IsLoopback(real) && !IsListed(host, real, exactly: true) && !allowsLoopback)
        {
            return $"{Describe(host, address)} is the operator's own machine, and nothing is sent there unless --allowed-clouds names it";
        }

        return !HasAllowList || IsListed(host, real, exactly: false)
            ? null
            : $"{Describe(host, address)} is not in --allowed-clouds. The operator's administrator can add it there, in the chart as "
                + "operator.allowedClouds";
    }

    private bool IsListed(string host, IPAddress address, bool exactly) =>
        networks.Any(network => network.Contains(address))
            || (exactly ? names.Contains(host.TrimEnd('.'), StringComparer.OrdinalIgnoreCase) : AllowsName(host));

    private static string Describe(string host, IPAddress address) => IPAddress.TryParse(host, out _) ? host : $"{host} ({address})";

    private static IPNetwork? NetworkOf(string entry)
    {
        var parts = entry.Split('/');
        if (!IPAddress.TryParse(parts[0], out var address) || (!entry.Contains(':') && parts[0].Split('.').Length != 4)) return null;
        if (parts.Length == 1) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        // A network with bits behind its prefix is probably a mistake.
        return IPNetwork.TryParse(entry, out var network) && network.BaseAddress.Equals(address) ? network : null;
    }
}
