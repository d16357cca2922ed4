using System.Text.Json.Serialization;

namespace ImageTagOperator.OpenStack;

/// <summary>The kind of Image API.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CloudProfile>))]
public enum CloudProfile
{
    /// <summary>Any Glance.</summary>
    OpenStack,

    /// <summary>Platform9 Private Cloud Director: a Glance with errors of its own form.</summary>
    PCD,

    /// <summary>The Image Management Service of Huawei Cloud and Open Telekom Cloud: a narrow alphabet, and tags with values.</summary>
    IMS,
}

public static class CloudProfiles
{
    private static readonly string[] ImsDomains = [".otc.t-systems.com", ".otc-tsi.de", ".myhuaweicloud.com", ".myhuaweicloud.eu"];

    /// <summary>What an address of the cloud, such as Keystone's, tells of its kind.</summary>
    public static CloudProfile Of(Uri address) =>
        ImsDomains.Any(domain => address.Host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)) ? CloudProfile.IMS
            : CloudProfile.OpenStack;
}
