global using ImageTagOperator.Kubernetes.Abstractions;
global using k8s;
global using k8s.Models;

// These types replace those of the same name in the package; each one says why.
global using V1Condition = ImageTagOperator.Kubernetes.Abstractions.V1Condition;
global using V1Status = ImageTagOperator.Kubernetes.Abstractions.V1Status;
global using KubernetesException = ImageTagOperator.Kubernetes.Abstractions.KubernetesException;
global using WatchEventType = ImageTagOperator.Kubernetes.Abstractions.WatchEventType;
global using KubernetesClientConfiguration = ImageTagOperator.Kubernetes.Configuration.KubernetesClientConfiguration;
global using KubernetesJson = ImageTagOperator.Kubernetes.Json.KubernetesJson;
global using KubernetesYaml = ImageTagOperator.Kubernetes.Yaml.KubernetesYaml;
