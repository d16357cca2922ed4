using System.Security.Cryptography.X509Certificates;

namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>The address of the API server, and the credentials for it.</summary>
public sealed class KubernetesClientConfiguration
{
    /// <summary>The address, such as <c>https://10.96.0.1:443</c>; may have a path.</summary>
    public required Uri Server { get; init; }

    /// <summary>The namespace of the context, or of the service account.</summary>
    /// <value>default</value>
    public string Namespace { get; init; } = "default";

    /// <summary>The authorities that are trusted to sign the server's certificate; null for the system's.</summary>
    internal X509Certificate2Collection? CertificateAuthority { get; init; }

    internal bool SkipTlsVerify { get; init; }

    /// <summary>The name that the server's certificate must have, if it differs from <see cref="Server"/>.</summary>
    internal string? TlsServerName { get; init; }

    internal Uri? Proxy { get; init; }

    /// <summary>Headers that impersonate another user, for each request.</summary>
    internal IReadOnlyList<(string Name, string Value)> Impersonation { get; init; } = [];

    /// <summary>Whether compression is off, for an API server that is near.</summary>
    internal bool DisableCompression { get; init; }

    internal CredentialSource Credentials { get; init; } = new FixedCredentials(Credential.None);

    /// <summary>Finds the configuration: <paramref name="kubeconfigPath"/> (the flag), then <c>KUBECONFIG</c>, then the service account of
    /// the pod, then <c>~/.kube/config</c>.</summary>
    /// <param name="context">A context other than the current one.</param>
    /// <param name="environment">Returns an environment variable; null to use those of the process.</param>
    /// <exception cref="KubernetesConfigurationException">No configuration was found, or it is invalid. The message names the file and the
    /// entry.</exception>
    public static KubernetesClientConfiguration Build(
        string? kubeconfigPath = null, string? context = null, Func<string, string?>? environment = null) =>
        new ConfigurationFinder(environment ?? Environment.GetEnvironmentVariable).Find(kubeconfigPath, context);
}
