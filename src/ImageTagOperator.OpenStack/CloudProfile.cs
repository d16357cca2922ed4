using System.Text.Json.Serialization;

namespace ImageTagOperator.OpenStack;

/// <summary>The kind of Image API.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CloudProfile>))]
public enum CloudProfile
{
    /// <summary>Any Glance.</summary>
    OpenStack,

    /// <summary>Platform9 Private Cloud Director: a Glance with its own error format.</summary>
    PCD,

    /// <summary>The Image Management Service of Huawei Cloud and Open Telekom Cloud: few allowed characters, and tags with
    /// values.</summary>
    IMS,
}

public static class CloudProfiles
{
    private static readonly string[] ImsDomains = [".otc.t-systems.com", ".otc-tsi.de", ".myhuaweicloud.com", ".myhuaweicloud.eu"];

    /// <summary>The profile that an address of the cloud, such as Keystone's, implies.</summary>
    public static CloudProfile Of(Uri address) =>
        ImsDomains.Any(domain => address.Host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)) ? CloudProfile.IMS
            : CloudProfile.OpenStack;
}
