using System.Security.Cryptography.X509Certificates;
using ImageTagOperator.Shared;

namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>Builds a configuration from a cluster and a user.</summary>
internal static class KubeconfigResolver
{
    public static KubernetesClientConfiguration Resolve(KubeconfigEntry cluster, KubeconfigEntry? user, string? inNamespace) => new()
    {
        Server = cluster.Url("server", "https", "http") ?? throw cluster.Error("server is missing"),
        Namespace = inNamespace ?? "default",
        CertificateAuthority = Authority(cluster),
        SkipTlsVerify = cluster.Flag("insecure-skip-tls-verify"),
        DisableCompression = cluster.Flag("disable-compression"),
        TlsServerName = cluster.Text("tls-server-name"),
        Proxy = cluster.Url("proxy-url", "http", "https", "socks5"),
        Impersonation = user is null ? [] : Impersonate.Headers(user),
        Credentials = user is null ? new FixedCredentials(Credential.None) : Credentials(user, cluster),
    };

    private static X509Certificate2Collection? Authority(KubeconfigEntry cluster)
    {
        if (cluster.Pem("certificate-authority") is not { } pem) return null;
        var authority = cluster.Certificate("certificate-authority", () => PemCertificates.Read(pem));
        return authority.Count > 0 ? authority : throw cluster.Error("certificate-authority has no certificate in it");
    }

    private static CredentialSource Credentials(KubeconfigEntry user, KubeconfigEntry cluster)
    {
        if (user.Child("exec") is { } exec) return new ExecCredentials(ExecPlugin.From(exec, cluster));
        if (user.Child("auth-provider") is { } provider)
        {
            throw user.Error(
                $"auth-provider '{provider.Text("name")}' is not supported: client-go gave such providers up for exec plugins. Use its "
                + "exec plugin instead");
        }

        if (user.Has("username")) throw user.Error(
            "username and password are no longer supported by Kubernetes. Use a token or a client certificate");
        var certificate = Certificate(user);
        // With both, the file is the one that is kept current.
        return user.PathOf("tokenFile") is { } file
            ? new TokenFileCredentials(file, user.Origin, certificate)
            : new FixedCredentials(new Credential(user.Text("token"), certificate));
    }

    private static ClientCertificate? Certificate(KubeconfigEntry user)
    {
        var certificate = user.Pem("client-certificate");
        var key = user.Pem("client-key");
        return (certificate, key) switch
        {
            (null, null) => null,
            ({ } c, { } k) => user.Certificate("client-certificate", () => ClientCertificate.Read(c, k)),
            (_, null) => throw user.Error("client-certificate has no client-key beside it"),
            _ => throw user.Error("client-key has no client-certificate beside it"),
        };
    }
}
