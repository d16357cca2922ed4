namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>PEM texts that replace the paths in a clouds.yaml, which mean nothing on another machine. <see cref="ToString"/> never contains
/// the key.</summary>
/// <param name="CaCertificates">Replaces <c>cacert</c>.</param>
/// <param name="ClientCertificate">Replaces <c>cert</c>. It may include the key.</param>
/// <param name="ClientKey">Replaces <c>key</c>.</param>
public sealed record TlsFiles(string? CaCertificates = null, string? ClientCertificate = null, string? ClientKey = null)
{
    public override string ToString() => "PEM texts";

    /// <summary>Adds missing texts from the files that the cloud names.</summary>
    /// <param name="readFile">Reads a file; null where paths mean nothing, as in a Secret.</param>
    /// <exception cref="InvalidCloudsYamlException">A needed file cannot be read.</exception>
    internal TlsFiles WithFilesOf(YamlSection cloud, bool verify, Func<string, string>? readFile)
    {
        // The CA is not used when certificates are not verified.
        var ca = CaCertificates ?? (verify ? Read(cloud, "cacert", readFile) : null);
        var certificate = ClientCertificate ?? Read(cloud, "cert", readFile);
        // A certificate from the Secret does not match a key from a file.
        var key = ClientKey ?? (ClientCertificate is null ? Read(cloud, "key", readFile) : null);
        return key is not null && certificate is null
            ? throw cloud.ErrorOf("key", "'key' is of no use without 'cert'; give both or none")
            : new TlsFiles(ca, certificate, key);
    }

    private static string? Read(YamlSection cloud, string key, Func<string, string>? readFile)
    {
        if (cloud.Text(key) is not { } path) return null;
        // Do not quote it: it may be the key itself, and errors are read by people without permission to read the Secret.
        if (path.Contains('\n') || path.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            throw cloud.ErrorOf(
                key, $"'{key}' must be a path and is PEM text; put the text into the Secret under the key '{key}', or into a file");
        }

        if (readFile is null)
        {
            throw cloud.ErrorOf(
                key, $"'{key}' is the path '{path}', which does not exist here; put the file's text into the Secret under the key '{key}'");
        }

        try
        {
            return readFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw cloud.ErrorOf(key, $"the file '{path}' of '{key}' cannot be read: {e.Message.TrimEnd('.')}");
        }
    }
}
