using System.Net;
using System.Net.Sockets;

namespace ImageTagOperator.OpenStack.Addresses;

/// <summary>Addresses that never belong to a cloud, whatever its catalog says.</summary>
internal static class SpecialAddresses
{
    private static readonly IPNetwork[] Blocked =
    [
        IPNetwork.Parse("0.0.0.0/8"),               // "this host": Linux connects to loopback
        IPNetwork.Parse("169.254.0.0/16"),          // link-local; the metadata services of nearly all clouds
        IPNetwork.Parse("100.100.100.200/32"),      // metadata: Alibaba Cloud
        IPNetwork.Parse("168.63.129.16/32"),        // the host's agent: Azure
        IPNetwork.Parse("192.0.0.192/32"),          // metadata: Oracle Cloud
        IPNetwork.Parse("224.0.0.0/4"),             // multicast
        IPNetwork.Parse("255.255.255.255/32"),      // broadcast
        IPNetwork.Parse("::/128"),
        IPNetwork.Parse("fe80::/10"),               // link-local
        IPNetwork.Parse("fd00:ec2::254/128"),       // metadata: AWS
        IPNetwork.Parse("fd20:ce::254/128"),        // metadata: Google Cloud
        IPNetwork.Parse("ff00::/8"),                // multicast
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    public static bool IsBlocked(IPAddress address) => Blocked.Any(network => network.Contains(address));

    /// <summary>The IPv4 address that is embedded in an IPv6 address of a transition mechanism; else the address itself.</summary>
    public static IPAddress EmbeddedAddress(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address)) return new IPAddress(bytes.AsSpan(12, 4));
        return SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4)) : new IPAddress(bytes);      // without a scope
    }
}
