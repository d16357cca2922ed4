using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ImageTagOperator.Shared;

/// <summary>Certificates as PEM. .NET passes over a block that does not begin on a line of its own, without a word; files that were put
/// together without an end of line have such blocks, and openssl and Go differ in how they read them.</summary>
internal static class PemCertificates
{
    private const string Begin = "BEGIN CERTIFICATE-";
    private const string End = "-END CERTIFICATE-";

    /// <summary>Each block that begins is in the result; empty when none does. What stands between the blocks is passed over.</summary>
    /// <exception cref="CryptographicException">A block is no certificate. Names its line, and shows nothing of the text.</exception>
    public static X509Certificate2Collection Read(string pem)
    {
        var certificates = new X509Certificate2Collection();
        for (var at = Next(pem, 0); at >= 0; at = Next(pem, at + 1))
        {
            var block = pem.AsSpan(at + Begin.Length).TrimStart('-');
            var end = block.IndexOf(End, StringComparison.Ordinal);
            try
            {
                if (end < 0) throw new FormatException("The block has no end.");
                certificates.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(block[..end].TrimEnd('-').ToString())));
            }
            catch (Exception e) when (e is FormatException or CryptographicException)
            {
                throw new CryptographicException(
                    $"the block that begins at line {pem.AsSpan(0, at).Count('\n') + 1} is no PEM certificate", e);
            }
        }

        return certificates;
    }

    /// <summary>The text with each block on lines of its own, for what reads a certificate together with its key.</summary>
    public static string Separated(string pem) => pem.Replace("-----BEGIN ", "\n-----BEGIN ", StringComparison.Ordinal);

    private static int Next(string pem, int from) => pem.IndexOf(Begin, from, StringComparison.Ordinal);
}
