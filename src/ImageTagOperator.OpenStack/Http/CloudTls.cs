using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Shared;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>The TLS options of a cloud: which server certificates are trusted, and the client certificate.</summary>
internal static class CloudTls
{
    /// <exception cref="InvalidCloudsYamlException">A PEM text is invalid, or certificate and key do not belong together.</exception>
    public static SslClientAuthenticationOptions Options(CloudConfiguration cloud)
    {
        var options = new SslClientAuthenticationOptions();
        Trust(cloud, options);
        if (cloud.ClientCertificate is { } certificates)
        {
            try
            {
                options.ClientCertificateContext = Client(cloud, certificates);
            }
            catch (Exception e) when (e is not InvalidCloudsYamlException)
            {
                throw new InvalidCloudsYamlException(
                    $"cloud '{cloud.Name}': 'cert' and 'key' are no PEM certificate and its private key. These print the same for a pair: "
                    + "openssl x509 -noout -pubkey -in CERT, openssl pkey -pubout -in KEY",
                    e);
            }
        }

        return options;
    }

    private static void Trust(CloudConfiguration cloud, SslClientAuthenticationOptions options)
    {
        if (!cloud.VerifyTls)
        {
#pragma warning disable CA5359 // clouds.yaml says 'verify: false'
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (cloud.CaCertificates is { } pem)
        {
            X509Certificate2Collection roots;
            try
            {
                roots = PemCertificates.Read(pem);
            }
            catch (CryptographicException e)
            {
                throw new InvalidCloudsYamlException(
                    $"cloud '{cloud.Name}': 'cacert' cannot be used: {e.Message}. Put it there as it was issued; this "
                    + "shows how it is read: openssl x509 -noout -text -in FILE",
                    e);
            }

            if (roots.Count == 0) throw new InvalidCloudsYamlException($"cloud '{cloud.Name}': 'cacert' holds no PEM certificate.");
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
            var trust = new ChainTrust(roots);
            options.RemoteCertificateValidationCallback = (_, server, chain, errors) => trust.IsTrusted(server, chain, errors);
        }
    }

    /// <summary>The client certificate with its intermediates, which not every server has.</summary>
    private static SslStreamCertificateContext Client(CloudConfiguration cloud, string certificates)
    {
        var key = cloud.ClientKey ?? certificates;
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new InvalidCloudsYamlException(
                $"cloud '{cloud.Name}': the key of the client certificate is encrypted; give it without a passphrase.");
        }

        if (!key.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            throw new InvalidCloudsYamlException($"cloud '{cloud.Name}': 'cert' comes without a private key; give it as 'key'.");
        }

        var leaf = X509Certificate2.CreateFromPem(PemCertificates.Separated(certificates), PemCertificates.Separated(key));
        return SslStreamCertificateContext.Create(leaf, PemCertificates.Read(certificates), offline: true);
    }
}
