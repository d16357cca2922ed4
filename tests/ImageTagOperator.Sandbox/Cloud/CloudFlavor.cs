namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>The OpenStack distribution that the sandbox cloud imitates. Only <see cref="OpenStack"/> was compared with real servers; the
/// others follow their vendors' documents.</summary>
public enum CloudFlavor
{
    /// <summary>Upstream Keystone and Glance, below <c>/identity</c> and <c>/image</c>.</summary>
    OpenStack,

    /// <summary>Platform9 Private Cloud Director: below <c>/keystone</c> and <c>/glance</c>, errors as
    /// <c>{"error": {"code", "message", "details"}}</c> whatever the client accepts.</summary>
    Pcd,

    /// <summary>Image Management Service of Huawei Cloud and Open Telekom Cloud: below <c>/iam</c> and <c>/ims</c>. Tags consist of
    /// letters, digits, <c>_</c> and <c>-</c> only. <c>PUT /v1/cloudimages/tags</c> sets tag values, which are shown as
    /// <c>key=value</c>.</summary>
    Ims,
}

internal static class CloudFlavors
{
    extension(CloudFlavor flavor)
    {
        public string IdentityPrefix => flavor switch
        {
            CloudFlavor.Pcd => "/keystone",
            CloudFlavor.Ims => "/iam",
            _ => "/identity",
        };

        public string ImagePrefix => flavor switch
        {
            CloudFlavor.Pcd => "/glance",
            CloudFlavor.Ims => "/ims",
            _ => "/image",
        };
    }
}
