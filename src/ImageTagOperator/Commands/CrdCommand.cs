using System.CommandLine;
using ImageTagOperator.Commands.Help;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Crds;
using ImageTagOperator.Kubernetes.Json;
using ImageTagOperator.Kubernetes.Yaml;

namespace ImageTagOperator.Commands;

/// <summary><c>crd</c>: prints the CustomResourceDefinition, as it is in <c>config/crds</c>.</summary>
internal static class CrdCommand
{
    public static Command Create()
    {
        var command = new DocumentedCommand("crd", "Print the CustomResourceDefinition of ImageTagSet, for kubectl apply -f -.")
        {
            Examples = [("define ImageTagSets in a cluster", "{} crd | kubectl apply -f -")],
        };
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(Yaml()));
        return command;
    }

    internal static string Yaml() =>
        KubernetesYaml.Serialize(CustomResourceDefinition.Generate<V1Alpha1ImageTagSet>(KubernetesJson.Options(ImageTagSetJson.Default)));
}
