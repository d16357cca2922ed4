using ImageTagOperator.OpenStack;

namespace ImageTagOperator.Entities;

/// <summary>References a cloud in the clouds.yaml of a Secret.</summary>
[Description("Names a cloud in the clouds.yaml of a Secret.")]
public sealed record CloudCredentialsRef
{
    [Required]
    [Description(
        "A Secret in the same namespace that holds clouds.yaml under the key 'clouds.yaml' and, where the cloud has a CA of its own, its "
        + "certificates under the key 'cacert'. A client certificate and its key go under 'cert' and 'key'.")]
    [Length(1, 253)]
    [Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")]
    public string SecretName { get; set; } = "";

    [Required]
    [Description("The entry under 'clouds' in clouds.yaml.")]
    [Length(1, 256)]
    public string CloudName { get; set; } = "";

    [Description(
        "What the cloud's Image API allows. OpenStack: any Glance. PCD: Platform9 Private Cloud Director. IMS: Open Telekom Cloud and "
        + "Huawei Cloud Image Management Service, where tags hold letters, digits, '_' and '-' only, and key=value sets the value of a "
        + "tag; found by itself for their usual addresses.")]
    [DefaultValue(nameof(CloudProfile.OpenStack))]
    public CloudProfile Profile { get; set; } = CloudProfile.OpenStack;
}
