namespace ImageTagOperator.Kubernetes;

internal sealed class ConfigurationFinder(Func<string, string?> environment)
{
    public KubernetesClientConfiguration Find(string? flag, string? context) => throw new NotImplementedException(flag + context + environment("HOME"));
}
