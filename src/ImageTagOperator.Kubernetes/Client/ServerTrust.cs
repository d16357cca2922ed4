using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ImageTagOperator.Kubernetes.Client;

/// <summary>Trusts only certificates signed by a kubeconfig's certificate-authority.</summary>
internal static class ServerTrust
{
    public static void Require(X509Certificate2Collection authority, SslClientAuthenticationOptions options)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authority);
        options.CertificateChainPolicy = policy;
        options.RemoteCertificateValidationCallback = (_, _, chain, errors) =>
            errors == SslPolicyErrors.None
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors && chain is not null && EndsAtAuthority(chain, authority));
    }

    /// <summary>As in Go, a listed certificate is trusted even if it is an intermediate whose root is not listed. In .NET such a chain is
    /// partial.</summary>
    private static bool EndsAtAuthority(X509Chain chain, X509Certificate2Collection authority) =>
        chain.ChainStatus.All(status => status.Status == X509ChainStatusFlags.PartialChain)
        && chain.ChainElements.Count > 1
        && authority.Any(trusted => trusted.RawDataMemory.Span.SequenceEqual(chain.ChainElements[^1].Certificate.RawDataMemory.Span));
}
