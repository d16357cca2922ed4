using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ImageTagOperator.Shared;

namespace ImageTagOperator.Hosting;

/// <summary>The certificate of /metrics. With a folder: its <c>tls.crt</c> and <c>tls.key</c>, as in a mounted Secret, checked for changes
/// at each connection. Without a folder: a self-signed one for the lifetime of the process.</summary>
internal sealed class MetricsCertificate
{
    private readonly string? folder;
    private readonly Lock gate = new();
    private (string Text, SslServerAuthenticationOptions Options)? current;

    private MetricsCertificate(string? folder) => this.folder = folder;

    /// <exception cref="IOException">The folder has no usable certificate.</exception>
    public static MetricsCertificate Of(string? folder)
    {
        var certificate = new MetricsCertificate(folder);
        try
        {
            _ = certificate.ForConnection();
        }
        catch (Exception e) when (e is CryptographicException or UnauthorizedAccessException or IOException)
        {
            throw new IOException($"--metrics-cert-path {folder} has no tls.crt and tls.key that can be used: {e.Message}", e);
        }

        return certificate;
    }

    /// <summary>The options for a new connection. While a new pair cannot be read, because it is being written, the previous one is
    /// used.</summary>
    public SslServerAuthenticationOptions ForConnection()
    {
        lock (gate)
        {
            try
            {
                if (folder is null) current ??= ("", Options(SelfSigned(), []));
                else Reload(folder);
            }
            catch (Exception e) when (current is not null && e is CryptographicException or UnauthorizedAccessException or IOException)
            {
                // The next connection retries.
            }

            return current!.Value.Options;
        }
    }

    private void Reload(string path)
    {
        var (certificate, key) = (File.ReadAllText(Path.Combine(path, "tls.crt")), File.ReadAllText(Path.Combine(path, "tls.key")));
        if (current?.Text == certificate + key) return;
        var leaf = X509Certificate2.CreateFromPem(PemCertificates.Separated(certificate), PemCertificates.Separated(key));
        current = (certificate + key, Options(leaf, PemCertificates.Read(certificate)));
    }

    private static SslServerAuthenticationOptions Options(X509Certificate2 certificate, X509Certificate2Collection chain) =>
        new() { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true) };

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=image-tag-operator", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}
