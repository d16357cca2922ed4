using System.CommandLine;
using ImageTagOperator.Commands.Help;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Crds;
using ImageTagOperator.Kubernetes.Entities;
using ImageTagOperator.Kubernetes.Json;
using k8s.Models;

namespace ImageTagOperator.Commands;

/// <summary><c>check</c>: checks whether the operator has what it needs in a cluster. <c>helm test</c> runs it with the operator's service
/// account.</summary>
internal static class CheckCommand
{
    public static Command Create(CommandContext here)
    {
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "As for run.", HelpName = "file" };
        var context = new Option<string?>("--context") { Description = "As for run.", HelpName = "name" };
        var namespaces = new Option<string[]>("--namespace", "-n") { Description = "As for run.", HelpName = "name" };
        var leaderNamespace = new Option<string?>("--leader-elect-namespace") { Description = "As for run.", HelpName = "name" };
        var leaderName = new Option<string>("--leader-elect-name") { Description = "As for run.", HelpName = "name",
            DefaultValueFactory = _ => new OperatorOptions().LeaderElectionName };
        var url = new Option<string?>(
            "--url") { Description = "Where a running operator's /readyz is, to ask that too.", HelpName = "url" };
        var command = new DocumentedCommand("check",
            "Tell whether the operator would have what it needs: the API server, the definition of ImageTagSet and its rights. Ends with "
            + "1 if it would not.")
        {
            Examples =
            [
                ("as whoever the kubeconfig is for", "{} check"),
                ("an operator of one namespace, and whether it is ready", "{} check -n images --url http://127.0.0.1:8080"),
            ],
        };
        foreach (var option in new Option[] { kubeconfig, context, namespaces, leaderNamespace, leaderName, url }) command.Options.Add(
            option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var ok = true;
            var cluster = KubernetesClientConfiguration.Build(parsed.GetValue(kubeconfig), parsed.GetValue(context), here.Variable);
            var watched = parsed.GetValue(namespaces) ?? [];
            using var client = new KubernetesClient(
                cluster, ImageTagSetJson.Default, $"image-tag-operator/{Hosting.OperatorHost.Version}");
            try
            {
                await ReportAsync($"{cluster.Server}: lists ImageTagSets", () => ListAsync(client, watched, cancellationToken));
                await ReportAsync("the definition of ImageTagSet is of this version", () => DefinedAsync(client, cancellationToken));
                foreach (var permission in OperatorPermissions.Of(watched, parsed.GetValue(leaderNamespace) ?? cluster.Namespace,
                    parsed.GetValue(leaderName)!))
                {
                    await ReportAsync($"may {permission.Describe()}", () => AllowedAsync(client, permission, cancellationToken));
                }
            }
            catch (Exception e) when (e is HttpRequestException or TimeoutException)
            {
                // The other checks would fail for the same cause.
                await output.WriteLineAsync(
                    $"FAIL  {cluster.Server}: the API server does not answer: {e.GetBaseException().Message.TrimEnd('.')}. Check the "
                    + "address in the kubeconfig, the network, and that the API server runs. Nothing else was checked.");
                return ExitCode.Error;
            }

            if (parsed.GetValue(url) is { } address) await ReportAsync(
                $"{address}/readyz answers", () => ReadyAsync(address + "/readyz", cancellationToken));
            return ok ? ExitCode.Nothing : ExitCode.Error;

            async Task ReportAsync(string what, Func<Task<string?>> problem)
            {
                var found = await problem();
                ok &= found is null;
                await output.WriteLineAsync(found is null ? $"ok    {what}" : $"FAIL  {what}: {found}");
            }
        });
        return command;
    }

    private static async Task<string?> ListAsync(KubernetesClient client, string[] watched, CancellationToken cancellationToken)
    {
        try
        {
            string?[] names = watched.Length == 0 ? [null] : [.. watched];
            foreach (var name in names) await client.ListAsync<V1Alpha1ImageTagSet>(name, null, cancellationToken);
            return null;
        }
        catch (KubernetesException e)
        {
            return e.Message + (e.IsNotFound ? ". Install the definition: image-tag-operator crd | kubectl apply -f -" : "");
        }
    }

    /// <summary>Checks the fields of the CRD: with an older one, which Helm 3 does not upgrade by default, the API server drops
    /// fields.</summary>
    private static async Task<string?> DefinedAsync(KubernetesClient client, CancellationToken cancellationToken)
    {
        try
        {
            if (await client.FindSchemaAsync<V1Alpha1ImageTagSet>(cancellationToken) is not { } known) return null;
            string[] missing = [.. CustomResourceDefinition.FieldsMissing(
                CustomResourceDefinition.Schema<V1Alpha1ImageTagSet>(KubernetesJson.Options(ImageTagSetJson.Default)), known)];
            return missing.Length == 0 ? null
                : $"it lacks {string.Join(", ", missing)}. Update it: image-tag-operator crd | kubectl apply -f -";
        }
        catch (KubernetesException e)
        {
            return e.Message;
        }
    }

    private static async Task<string?> AllowedAsync(
        KubernetesClient client, V1ResourceAttributes permission, CancellationToken cancellationToken)
    {
        try
        {
            var review = await client.CreateAsync(
                new V1SelfSubjectAccessReview { Metadata = new(), Spec = new() { ResourceAttributes = permission } }, cancellationToken);
            return review.Status?.Allowed == true ? null : "not allowed. The role of the operator must allow it; the chart's does";
        }
        catch (KubernetesException e)
        {
            return e.Message;
        }
    }

    private static async Task<string?> ReadyAsync(string address, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            using var response = await http.GetAsync(address, cancellationToken);
            return response.IsSuccessStatusCode ? null
                : $"{(int)response.StatusCode} {(await response.Content.ReadAsStringAsync(cancellationToken)).Trim()}. See the log of the "
                + "operator's pods";
        }
        catch (Exception e) when (e is HttpRequestException or InvalidOperationException or UriFormatException
            || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return $"{e.GetBaseException().Message.TrimEnd('.')}. See the operator's pods and their Service";
        }
    }
}
