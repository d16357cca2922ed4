using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ImageTagOperator.Kubernetes.Client;

/// <summary>Trusts what a kubeconfig's certificate-authority signed, and nothing else.</summary>
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

    /// <summary>As in Go, a listed certificate is trusted even if it is an intermediate whose root is not listed. .NET calls such a chain
    /// partial.</summary>
    private static bool EndsAtAuthority(X509Chain chain, X509Certificate2Collection authority) =>
        chain.ChainStatus.All(status => status.Status == X509ChainStatusFlags.PartialChain)
        && chain.ChainElements.Count > 1
        && authority.Any(trusted => trusted.RawDataMemory.Span.SequenceEqual(chain.ChainElements[^1].Certificate.RawDataMemory.Span));
}
