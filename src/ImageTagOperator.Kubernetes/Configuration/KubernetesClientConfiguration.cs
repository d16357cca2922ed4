using System.Security.Cryptography.X509Certificates;

namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>Where the API server is and who we are to it.</summary>
public sealed class KubernetesClientConfiguration
{
    /// <summary>Such as <c>https://10.96.0.1:443</c>; may have a path.</summary>
    public required Uri Server { get; init; }

    /// <summary>The namespace of the context, or of the service account.</summary>
    /// <value>default</value>
    public string Namespace { get; init; } = "default";

    /// <summary>Who may have signed the server's certificate; null: whom the system trusts.</summary>
    internal X509Certificate2Collection? CertificateAuthority { get; init; }

    internal bool SkipTlsVerify { get; init; }

    /// <summary>The name that the server's certificate must have, when it is not that of <see cref="Server"/>.</summary>
    internal string? TlsServerName { get; init; }

    internal Uri? Proxy { get; init; }

    /// <summary>Headers of each request that make us act as somebody else.</summary>
    internal IReadOnlyList<(string Name, string Value)> Impersonation { get; init; } = [];

    /// <summary>The API server wants to be spoken to without compression: it is near.</summary>
    internal bool DisableCompression { get; init; }

    internal CredentialSource Credentials { get; init; } = new FixedCredentials(Credential.None);

    /// <summary>Finds the configuration: <paramref name="kubeconfigPath"/> (the flag), then <c>KUBECONFIG</c>, then the service account
    /// of the pod,
    /// then <c>~/.kube/config</c>.</summary>
    /// <param name="context">A context other than the current one.</param>
    /// <param name="environment">Environment variables; those of the process when null.</param>
    /// <exception cref="KubernetesConfigurationException">Nothing was found, or what was found cannot be used; names the file and the
    /// entry.</exception>
    public static KubernetesClientConfiguration Build(
        string? kubeconfigPath = null, string? context = null, Func<string, string?>? environment = null) =>
        new ConfigurationFinder(environment ?? Environment.GetEnvironmentVariable).Find(kubeconfigPath, context);
}
