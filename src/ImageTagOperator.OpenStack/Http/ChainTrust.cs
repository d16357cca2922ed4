using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>Trusts certificates issued by a configured certificate, which may be a root or an intermediate, as curl and Go do. The issuer
/// of an intermediate need not be configured.</summary>
internal sealed class ChainTrust(X509Certificate2Collection anchors)
{
    /// <summary>The errors of a chain that is valid but does not end in a root.</summary>
    private const X509ChainStatusFlags Unrooted = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot
        | X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    /// <summary>For <see cref="SslClientAuthenticationOptions.RemoteCertificateValidationCallback"/>.</summary>
    public bool IsTrusted(X509Certificate? server, X509Chain? sent, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || server is not X509Certificate2 leaf) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        chain.ChainPolicy.ExtraStore.AddRange(anchors);
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        if (!chain.Build(leaf)) return false;
        foreach (var element in chain.ChainElements)
        {
            // Each element up to the configured one must be valid, including signatures and dates.
            if (element.ChainElementStatus.Any(status => (status.Status & ~Unrooted) != 0)) return false;
            if (anchors.Any(anchor => anchor.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span))) return true;
        }

        return false;
    }
}
