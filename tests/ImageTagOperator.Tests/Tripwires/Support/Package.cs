namespace ImageTagOperator.Tests.Tripwires;

/// <summary>The package's own client.</summary>
internal static class Package
{
    /// <summary>Requests are handled in memory.</summary>
    public static k8s.Kubernetes Client(PackageHandler answers, Action<k8s.KubernetesClientConfiguration>? configure = null)
    {
        var configuration = new k8s.KubernetesClientConfiguration { Host = "http://stub", HttpClientTimeout = TimeSpan.FromSeconds(1) };
        configure?.Invoke(configuration);
        return new(configuration, answers);
    }

    /// <summary>A client for a listening server.</summary>
    public static k8s.Kubernetes Client(string url) => new(new k8s.KubernetesClientConfiguration { Host = url });
}
