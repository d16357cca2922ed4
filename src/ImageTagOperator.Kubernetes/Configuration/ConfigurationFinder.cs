using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ImageTagOperator.Shared;

namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>Finds the configuration in the order of kubectl: flag, KUBECONFIG, the pod's service account, the home folder.</summary>
internal sealed class ConfigurationFinder(
    Func<string, string?> environment, string serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount")
{
    public KubernetesClientConfiguration Find(string? flag, string? context)
    {
        if (!string.IsNullOrEmpty(flag)) return new Kubeconfig([flag]).Resolve(context);

        // A list. Like kubectl, skip entries that do not exist.
        var listed = (environment("KUBECONFIG") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var present = listed.Where(File.Exists).ToArray();
        if (present.Length > 0) return new Kubeconfig(present).Resolve(context);

        if (InCluster() is { } inCluster) return inCluster;

        var home = Path.Combine(environment("HOME") ?? environment("USERPROFILE") ?? "", ".kube", "config");
        if (File.Exists(home)) return new Kubeconfig([home]).Resolve(context);
        var named = listed.Length == 0 ? "no file" : $"only missing files ({string.Join(", ", listed)})";
        throw new KubernetesConfigurationException(
            $"No Kubernetes configuration: no --kubeconfig was given, KUBECONFIG names {named}, "
            + $"this is not a pod with a service account, and {home} does not exist. Give one of them.");
    }

    private KubernetesClientConfiguration? InCluster()
    {
        var host = environment("KUBERNETES_SERVICE_HOST");
        var port = environment("KUBERNETES_SERVICE_PORT");
        var tokenFile = Path.Combine(serviceAccountFolder, "token");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) || !File.Exists(tokenFile)) return null;
        var namespaceFile = Path.Combine(serviceAccountFolder, "namespace");
        return new()
        {
            // IPv6 needs brackets.
            Server = new Uri(host.Contains(':', StringComparison.Ordinal) ? $"https://[{host}]:{port}" : $"https://{host}:{port}"),
            Namespace = File.Exists(namespaceFile) ? File.ReadAllText(namespaceFile).Trim() : "default",
            CertificateAuthority = Authority(Path.Combine(serviceAccountFolder, "ca.crt")),
            Credentials = new TokenFileCredentials(tokenFile, "service account", null),
        };
    }

    private static X509Certificate2Collection Authority(string path)
    {
        try
        {
            return PemCertificates.Read(File.ReadAllText(path)) is { Count: > 0 } authority ? authority
                : throw new CryptographicException("it has no certificate in it");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new KubernetesConfigurationException($"service account: cannot use {path}: {error.Message}", error);
        }
    }
}
