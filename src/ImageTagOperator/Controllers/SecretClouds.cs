using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;
using k8s.Models;

namespace ImageTagOperator.Controllers;

/// <summary>Reads clouds from the Secrets of a cluster. A Secret is read with <c>get</c>, without list or watch, so a rotated one is used
/// at the next reconcile.</summary>
public sealed partial class SecretClouds(SharedSecrets secrets) : ICloudDirectory
{
    /// <summary>Parsed Secrets; an unchanged one is not parsed again.</summary>
    private readonly ConditionalWeakTable<V1Secret, CloudsFile> parsed = [];

    /// <summary>One lock per namespace: its files are parsed one after another, because a namespace can have many that take long.</summary>
    private readonly ExpiringCache<string, SemaphoreSlim> locks = new(TimeProvider.System);

    public async Task<CloudConfiguration> FindAsync(
        RegisteredSet set, CloudCredentialsRef reference, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(set, reference, set.EditedAt, cancellationToken);
        }
        catch (ProblemException e) when (e.Problem.Reason != Reason.Transient)
        {
            // Another set may have read the Secret before this set and what it needs were created.
            var name = new NamespacedName(set.Key.Namespace, reference.SecretName);
            if (!await secrets.WaitForNewerAsync(name, set.ChangedAt, cancellationToken)) throw;
            return await FindAsync(set, reference, set.ChangedAt, cancellationToken);
        }
    }

    /// <param name="since">The Secret was read after this.</param>
    private async Task<CloudConfiguration> FindAsync(
        RegisteredSet set, CloudCredentialsRef reference, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var secret = await GetSecretAsync(set, reference.SecretName, since, cancellationToken);
        var where = Describe(set, reference);
        if (secret.Data is null || !secret.Data.ContainsKey("clouds.yaml"))
        {
            throw new Problem(
                Reason.InvalidCloudsYaml,
                $"{where} has no key 'clouds.yaml'; it has {Listed(secret.Data?.Keys)}. Add the file under that key: "
                + $"kubectl -n {set.Key.Namespace} create secret generic {reference.SecretName} --from-file=clouds.yaml "
                + "--dry-run=client -o yaml | kubectl apply -f -").ToException();
        }

        var files = new TlsFiles(Pem(secret, "cacert"), Pem(secret, "cert"), Pem(secret, "key"));
        try
        {
            return await FindAsync(secret, reference.CloudName, files, cancellationToken);
        }
        catch (InvalidCloudsYamlException e)
        {
            throw new Problem(Reason.InvalidCloudsYaml, $"{where}: {e.Message}").ToException();
        }
    }

    private async Task<CloudConfiguration> FindAsync(V1Secret secret, string cloudName, TlsFiles files, CancellationToken cancellationToken)
    {
        if (parsed.TryGetValue(secret, out var known)) return known.Find(cloudName, files);
        var gate = locks.GetOrPut(secret.Metadata.NamespaceProperty ?? "", static _ => new SemaphoreSlim(1), TimeSpan.FromMinutes(1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (!parsed.TryGetValue(secret, out known)) parsed.AddOrUpdate(secret, known = Open(secret));
            return known.Find(cloudName, files);
        }
        finally
        {
            gate.Release();
        }
    }

    public string Describe(RegisteredSet set, CloudCredentialsRef reference) =>
        $"Secret {set.Key.Namespace}/{reference.SecretName}";

    private static CloudsFile Open(V1Secret secret) => new(
        EncodedText.Read(secret.Data["clouds.yaml"]), secret.Data.TryGetValue("clouds-public.yaml", out var profiles)
            ? EncodedText.Read(profiles) : null);

    private async Task<V1Secret> GetSecretAsync(
        RegisteredSet set, string name, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var inNamespace = set.Key.Namespace;
        try
        {
            return await secrets.GetAsync(new NamespacedName(inNamespace, name), since, cancellationToken)
                ?? throw new Problem(
                    Reason.SecretNotFound,
                    $"Secret {inNamespace}/{name} does not exist. Create it: kubectl -n {inNamespace} create secret generic {name} "
                        + "--from-file=clouds.yaml").ToException();
        }
        catch (KubernetesException e) when (e.StatusCode != HttpStatusCode.Forbidden)
        {
            throw new Problem(Reason.Transient, $"Secret {inNamespace}/{name} cannot be read: {e.Message.TrimEnd('.')}. It is tried again.",
                e.RetryAfter).ToException();
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException)
        {
            throw new Problem(Reason.Transient, $"Secret {inNamespace}/{name} cannot be read: {e.Message.TrimEnd('.')}. It is tried again.")
                .ToException();
        }
        catch (KubernetesException e)
        {
            var account = ServiceAccount().Match(e.Message) is { Success: true } known ? known.Groups[1].Value : "NAMESPACE:NAME";
            throw new Problem(
                Reason.SecretForbidden,
                $"The operator may not read Secret {inNamespace}/{name}. Give its service account the verb 'get' on 'secrets' there: "
                + $"kubectl -n {inNamespace} create rolebinding image-tag-operator --clusterrole=image-tag-operator "
                    + $"--serviceaccount={account}").ToException();
        }
    }

    /// <summary>The service account in the message of the API server.</summary>
    [GeneratedRegex("\"system:serviceaccount:([-a-z0-9.]+:[-a-z0-9.]+)\"")]
    private static partial Regex ServiceAccount();

    /// <summary>A PEM text; null when empty, because some templates write an empty value.</summary>
    private static string? Pem(V1Secret secret, string key) =>
        secret.Data!.TryGetValue(key, out var bytes) && EncodedText.Read(bytes) is var text && !string.IsNullOrWhiteSpace(text) ? text
            : null;

    /// <summary>Lists only keys that may be a misspelled clouds.yaml: a set can name any Secret of the namespace, and readers of its status
    /// need not have permission to know the content.</summary>
    private static string Listed(IEnumerable<string>? keys)
    {
        var alike = (keys ?? []).Where(key => key.Contains("cloud", StringComparison.OrdinalIgnoreCase) || Path.GetExtension(key)
            .ToUpperInvariant() is ".YAML" or ".YML").ToArray();
        return alike.Length == 0 ? "none that looks like one" : string.Join(", ", alike.Select(key => $"'{key}'"));
    }
}
