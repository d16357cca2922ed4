using System.CommandLine;
using ImageTagOperator.Commands.Cluster;
using ImageTagOperator.Commands.Help;
using ImageTagOperator.Commands.Output;
using ImageTagOperator.Commands.Plan;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Client;

namespace ImageTagOperator.Commands.Status;

/// <summary><c>status</c>: shows the sets of a cluster, their images and problems.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandContext here)
    {
        var cluster = new ClusterOptions(here);
        var all = new Option<bool>("--all-namespaces", "-A") { Description = "The sets of all namespaces." };
        var watch = new Option<bool>("--watch", "-w") { Description = "Show it anew with each change, until Ctrl-C." };
        var output = new OutputOptions(here, "wide", "json");
        var command = new DocumentedCommand("status",
            "Show the ImageTagSets of the cluster with their images, what has not been changed yet, and why. Ends with 0, be the sets "
            + "Ready or not.")
        {
            Examples =
            [
                ("the sets of the namespace", "{} status"),
                ("of all namespaces, with ids and messages", "{} status -A -o wide"),
                ("as it changes", "{} status --watch"),
                ("names of those that are not Ready", "{} status -A -o json | jq -r '.[] | select(.ready != \"True\").name'"),
            ],
        };
        command.Options.Add(all);
        command.Options.Add(watch);
        cluster.AddTo(command);
        output.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (client, inNamespace) = cluster.Connect(parsed);
            using var connection = client;
            var scope = parsed.GetValue(all) ? null : inNamespace;
            var terminal = output.Terminal(parsed);
            if (!parsed.GetValue(watch))
            {
                Show(await ClusterSets.ListAsync(client, scope, cancellationToken));
                return ExitCode.Nothing;
            }

            await foreach (var sets in FollowAsync(client, scope, cancellationToken))
            {
                if (terminal.HasColours) terminal.Clear();
                Show(sets);
                if (!terminal.HasColours) terminal.Line();
                await here.Out.FlushAsync(cancellationToken);
            }

            return ExitCode.Nothing;

            void Show(IEnumerable<V1Alpha1ImageTagSet> sets)
            {
                SetStatus[] statuses = [.. sets.Select(SetStatus.Of).OrderBy(set => set.Namespace, StringComparer.Ordinal)
                    .ThenBy(set => set.Name, StringComparer.Ordinal)];
                if (output.Format(parsed) == "json") output.Write("json", statuses, ReportJson.Readable.IReadOnlyListSetStatus);
                else StatusPrinter.Print(statuses, terminal, scope is null, output.Format(parsed) == "wide");
            }
        });
        return command;
    }

    /// <summary>All sets, now and after each change, until cancelled.</summary>
    private static async IAsyncEnumerable<IReadOnlyCollection<V1Alpha1ImageTagSet>> FollowAsync(
        KubernetesClient client, string? inNamespace,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var list = await client.ListAsync<V1Alpha1ImageTagSet>(inNamespace, null, cancellationToken);
            var sets = list.Items.ToDictionary(set => set.Key());
            yield return sets.Values;
            await using var changes = client.WatchAsync<V1Alpha1ImageTagSet>(inNamespace, list.ResourceVersion, null, cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            // A watch ends after some minutes, or when its version is too old; then list again.
            while (await NextAsync(changes))
            {
                var change = changes.Current;
                if (change.Type == WatchEventType.Bookmark) continue;
                if (change.Type == WatchEventType.Deleted) sets.Remove(change.Key);
                else if (change.Entity is not null) sets[change.Key] = change.Entity;
                yield return sets.Values;
            }
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<WatchEvent<V1Alpha1ImageTagSet>> changes)
    {
        try
        {
            return await changes.MoveNextAsync();
        }
        catch (KubernetesException e) when (e.IsExpired)
        {
            return false;
        }
    }
}
