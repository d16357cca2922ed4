#pragma warning disable IDE0005 // shared with the tests: not every program needs each

// What the operator sees of its runtime. KubeOps would be named here.
global using ImageTagOperator.Kubernetes.Abstractions;

// KubernetesClient has types of these names too; these are meant.
global using KubernetesException = ImageTagOperator.Kubernetes.Abstractions.KubernetesException;
global using V1Condition = ImageTagOperator.Kubernetes.Abstractions.V1Condition;
global using V1Status = ImageTagOperator.Kubernetes.Abstractions.V1Status;
global using V1StatusCause = ImageTagOperator.Kubernetes.Abstractions.V1StatusCause;
global using WatchEventType = ImageTagOperator.Kubernetes.Abstractions.WatchEventType;
