namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>PEM texts that stand in for the paths of a clouds.yaml, which mean nothing on another machine. Never prints the key.</summary>
/// <param name="CaCertificates">For <c>cacert</c>.</param>
/// <param name="ClientCertificate">For <c>cert</c>. May hold the key as well.</param>
/// <param name="ClientKey">For <c>key</c>.</param>
public sealed record TlsFiles(string? CaCertificates = null, string? ClientCertificate = null, string? ClientKey = null)
{
    public override string ToString() => "PEM texts";

    /// <summary>Fills the gaps from the files that a cloud names.</summary>
    /// <param name="readFile">Null where paths mean nothing (a Secret).</param>
    /// <exception cref="InvalidCloudsYamlException">A file is needed and cannot be read.</exception>
    internal TlsFiles Completed(YamlSection cloud, bool verify, Func<string, string>? readFile)
    {
        // Where nothing is verified nobody looks at it.
        var ca = CaCertificates ?? (verify ? Read(cloud, "cacert", readFile) : null);
        var certificate = ClientCertificate ?? Read(cloud, "cert", readFile);
        // A certificate of the Secret does not go with a key that is a file elsewhere.
        var key = ClientKey ?? (ClientCertificate is null ? Read(cloud, "key", readFile) : null);
        return key is not null && certificate is null
            ? throw cloud.ErrorOf("key", "'key' is of no use without 'cert'; give both or none")
            : new TlsFiles(ca, certificate, key);
    }

    private static string? Read(YamlSection cloud, string key, Func<string, string>? readFile)
    {
        if (cloud.Text(key) is not { } path) return null;
        // Not quoted: it may be the key itself, and errors are read by people who may not read the Secret.
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
