using System.CommandLine;
using ImageTagOperator.Commands.Help;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Crds;
using ImageTagOperator.Kubernetes.Json;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Commands;

/// <summary><c>crd</c>: prints the CustomResourceDefinition as in <c>config/crds</c>, or without CEL rules as in <c>no-cel</c>
/// there.</summary>
internal static class CrdCommand
{
    public static Command Create()
    {
        var command = new DocumentedCommand("crd", "Print the CustomResourceDefinition of ImageTagSet, for kubectl apply -f -.")
        {
            Examples =
            [
                ("define ImageTagSets in a cluster", "{} crd | kubectl apply -f -"),
                ("the same before Kubernetes 1.25", "{} crd --no-cel | kubectl apply -f -"),
            ],
        };
        var withoutRules = new Option<bool>("--no-cel")
        {
            Description = "Leave out the rules in CEL, which servers before Kubernetes 1.25 do not know.",
        };
        command.Options.Add(withoutRules);
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(Yaml(!parsed.GetValue(withoutRules))));
        return command;
    }

    internal static string Yaml(bool withRules = true)
    {
        var definition = CustomResourceDefinition.Generate<V1Alpha1ImageTagSet>(KubernetesJson.Options(ImageTagSetJson.Default));
        foreach (var rule in withRules ? SpecRule.All : [])
        {
            CustomResourceDefinition.AddRule(definition, rule.Scope, rule.Expression, rule.Message, rule.Replaces);
        }

        return KubernetesYaml.Serialize(definition);
    }
}
