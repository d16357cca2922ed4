using System.CommandLine;
using System.Text.Json;
using ImageTagOperator.Commands.Cluster;
using ImageTagOperator.Controllers;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack.Configuration;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>The options that select manifests and the source of cloud credentials.</summary>
internal sealed class ManifestOptions
{
    private readonly CommandContext here;
    private readonly ClusterOptions cluster;

    private readonly Option<string?> cloud = new(
        "--cloud") { Description = "The cloud of the local clouds.yaml for all sets; by default the one that each names in "
        + "spec.cloudCredentialsRef.cloudName, else $OS_CLOUD, else that of the OS_* variables.", HelpName = "name" };

    private readonly Option<bool> fromCluster = new(
        "--from-cluster") { Description = "Read credentials from the Secrets that the sets name, and what the operator manages from their "
        + "status, through the kubeconfig." };

    public ManifestOptions(CommandContext here) => (this.here, cluster) = (here, new ClusterOptions(here));

    public static Option<string[]> Files() => new("--filename", "-f")
    {
        Description = "A file, a folder with all below it, or - for standard input; any number of them. YAML with any number of "
            + "documents, lists, or JSON; other kinds are passed over.",
        HelpName = "file",
        Required = true,
        AllowMultipleArgumentsPerToken = true,      // -f sets/*.yaml
    };

    public Option<string[]> File { get; } = Files();

    public void AddTo(Command command)
    {
        command.Options.Add(File);
        command.Options.Add(cloud);
        command.Options.Add(fromCluster);
        cluster.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(fromCluster) && result.GetValue(cloud) is not null) result.AddError(
                "--cloud names a cloud of the local clouds.yaml, and --from-cluster does without that file. Leave one out.");
        });
    }

    /// <param name="hasErrors">True to return errors together with the valid manifests, instead of throwing.</param>
    /// <exception cref="CommandException">A manifest is invalid; the message lists all errors.</exception>
    public async Task<ManifestWork> ReadAsync(ParseResult parsed, bool hasErrors, CancellationToken cancellationToken)
    {
        var reader = new ManifestReader(here);
        var (manifests, errors) = ManifestValidator.Validate(await reader.ReadAsync(parsed.GetValue(File)!, cancellationToken));
        // A conflict does not prevent a plan, which shows the set with precedence.
        var fatal = reader.Errors.Concat(errors).Where(error => error.Kind is ManifestErrorKind.Invalid or ManifestErrorKind.Unreadable)
            .ToArray();
        if (fatal.Length > 0 && !hasErrors) throw new CommandException(string.Join('\n', fatal.Select(error => error.ToString())));
        if (fatal.Length > 0) manifests = [.. manifests.DistinctBy(manifest => manifest.Set!.Key())];
        var work = parsed.GetValue(fromCluster)
            ? await FromClusterAsync(manifests, parsed, cancellationToken)
            : new ManifestWork(manifests, [], new LocalDirectory(new LocalClouds(here.Environment, here.Folder), parsed.GetValue(cloud)));
        return fatal.Length > 0 ? work with { Errors = fatal } : work;
    }

    private async Task<ManifestWork> FromClusterAsync(
        IReadOnlyList<Manifest> manifests, ParseResult parsed, CancellationToken cancellationToken)
    {
        var (client, inNamespace) = cluster.Connect(parsed);
        try
        {
            foreach (var manifest in manifests) manifest.Set!.Metadata.NamespaceProperty ??= inNamespace;
            if (ManifestValidator.Duplicates(manifests).FirstOrDefault() is { } duplicate) throw new CommandException(duplicate.ToString());
            var stored = (await ClusterSets.ListAsync(client, manifests.Select(manifest => manifest.Set!.Metadata.NamespaceProperty!)
                .Distinct(), cancellationToken)).ToDictionary(set => set.Key());
            foreach (var set in manifests.Select(manifest => manifest.Set!))
            {
                if (stored.Remove(set.Key(), out var known)) CopyFromCluster(set, known);
            }

            return new ManifestWork(manifests, [.. stored.Values], new SecretClouds(new SharedSecrets(client, TimeProvider.System)))
            {
                Client = client,
            };
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Copies the fields that only the cluster has, as they would be after the manifest was applied.</summary>
    private static void CopyFromCluster(V1Alpha1ImageTagSet set, V1Alpha1ImageTagSet known)
    {
        var isEdit = Json(set.Spec) != Json(known.Spec);
        (set.Metadata.Uid, set.Metadata.CreationTimestamp) = (known.Metadata.Uid, known.Metadata.CreationTimestamp);
        (set.Metadata.Generation, set.Status) = (known.Metadata.Generation + (isEdit ? 1 : 0), known.Status);
    }

    private static string Json(ImageTagSetSpec spec) => JsonSerializer.Serialize(spec, ImageTagSetJson.Default.ImageTagSetSpec);
}
