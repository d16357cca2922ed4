#pragma warning disable IDE0005 // shared with the tests; not every project needs each of them

// The runtime as the operator sees it. KubeOps could replace it here.
global using ImageTagOperator.Kubernetes.Abstractions;

// These types replace those of the same name in KubernetesClient.
global using KubernetesException = ImageTagOperator.Kubernetes.Abstractions.KubernetesException;
global using V1Condition = ImageTagOperator.Kubernetes.Abstractions.V1Condition;
global using V1Status = ImageTagOperator.Kubernetes.Abstractions.V1Status;
global using V1StatusCause = ImageTagOperator.Kubernetes.Abstractions.V1StatusCause;
global using WatchEventType = ImageTagOperator.Kubernetes.Abstractions.WatchEventType;
