namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>A kubeconfig, service account or exec plugin that cannot be used. The message names the file, the entry and the
/// remedy.</summary>
public sealed class KubernetesConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
