using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>Trusts what a given certificate has issued, be it a root or one below it, as curl and Go do: whoever is given the authority
/// that signed a server's certificate need not have the one above it.</summary>
internal sealed class ChainTrust(X509Certificate2Collection anchors)
{
    /// <summary>What is wrong with a chain that only does not end in a root.</summary>
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
            // Everything up to the one that was given must be in order, the signatures and the times among it.
            if (element.ChainElementStatus.Any(status => (status.Status & ~Unrooted) != 0)) return false;
            if (anchors.Any(anchor => anchor.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span))) return true;
        }

        return false;
    }
}
