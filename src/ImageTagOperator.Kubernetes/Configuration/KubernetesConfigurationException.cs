namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>A kubeconfig, service account or exec plugin is invalid. The message names the file, the entry and the fix.</summary>
public sealed class KubernetesConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
