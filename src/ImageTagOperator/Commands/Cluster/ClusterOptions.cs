using System.CommandLine;
using ImageTagOperator.Entities;
using ImageTagOperator.Hosting;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;

namespace ImageTagOperator.Commands.Cluster;

/// <summary>The options that select a cluster and a namespace.</summary>
internal sealed class ClusterOptions(CommandContext here)
{
    private readonly Option<string?> kubeconfig = new(
        "--kubeconfig") { Description = "Path of a kubeconfig; by default $KUBECONFIG, the pod's service account or ~/.kube/config, in "
        + "this order.", HelpName = "file" };

    private readonly Option<string?> context = new(
        "--context") { Description = "Context of the kubeconfig, if not the current one.", HelpName = "name" };

    private readonly Option<string?> inNamespace = new(
        "--namespace", "-n") { Description = "The namespace; by default that of the context.", HelpName = "name" };

    public void AddTo(Command command)
    {
        command.Options.Add(kubeconfig);
        command.Options.Add(context);
        command.Options.Add(inNamespace);
    }

    /// <exception cref="KubernetesConfigurationException">There is no usable kubeconfig.</exception>
    public (KubernetesClient Client, string Namespace) Connect(ParseResult parsed)
    {
        var configuration = KubernetesClientConfiguration.Build(parsed.GetValue(kubeconfig), parsed.GetValue(context), here.Variable);
        var client = new KubernetesClient(
            configuration, ImageTagSetJson.Default, $"image-tag-operator-cli/{OperatorHost.Version}", here.Time);
        return (client, parsed.GetValue(inNamespace) ?? configuration.Namespace);
    }
}
