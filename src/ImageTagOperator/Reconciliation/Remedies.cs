using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>Commands that help with a problem of a set in a cluster. Commands that plan from files do not show them.</summary>
internal static class Remedies
{
    private const string OperatorPods = "-l app.kubernetes.io/name=image-tag-operator";

    /// <summary>A command with its purpose. Null when the message itself ends with a command, and so without a full stop, or when only
    /// waiting helps.</summary>
    /// <param name="podNamespace">The namespace of the operator's pod; null when it is not known.</param>
    public static string? Of(V1Alpha1ImageTagSet set, Problem problem, string? podNamespace) =>
        problem.Message.EndsWith('.') ? Of(set, problem.Reason, podNamespace) : null;

    private static string? Of(V1Alpha1ImageTagSet set, Reason reason, string? podNamespace)
    {
        var (inNamespace, secret) = ($"-n {set.Metadata.NamespaceProperty}", set.Spec.CloudCredentialsRef.SecretName);
        var openstack = $"openstack --os-cloud {ShellText.Of(set.Spec.CloudCredentialsRef.CloudName)}";
        return reason.Name switch
        {
            nameof(Reason.Transient) or nameof(Reason.Interrupted) => null,
            nameof(Reason.InternalError) =>
                $"See the log: kubectl -n {podNamespace ?? "OPERATOR-NAMESPACE"} logs {OperatorPods} --tail=-1",
            nameof(Reason.DefinitionOutdated) =>
                "Update it with a program of the operator's version: image-tag-operator crd | kubectl apply -f -",
            nameof(Reason.KubernetesRefuses) => "See its permissions: kubectl describe clusterrole image-tag-operator",
            nameof(Reason.CloudNotAllowed) =>
                $"See the list: kubectl get deployment -A {OperatorPods} -o yaml | grep allowed-clouds",
            nameof(Reason.SecretNotFound) or nameof(Reason.SecretForbidden) => $"Look for it: kubectl {inNamespace} get secret {secret}",
            nameof(Reason.InvalidCloudsYaml) or nameof(Reason.CredentialsRejected) or nameof(Reason.AuthUrlWrong)
                or nameof(Reason.Redirected) => $"Replace the file: {Put("clouds.yaml")}",
            nameof(Reason.TlsUntrusted) => $"Add the CA: {Put("cacert=ca.pem")}",
            // The restricted credential cannot create another one.
            nameof(Reason.AccessRulesForbid) =>
                "Create one with your own user: openstack --os-cloud MY-CLOUD application credential create image-tags",
            nameof(Reason.EndpointNotFound) => $"See the catalog: {openstack} catalog show image",
            nameof(Reason.CloudRejects) or nameof(Reason.Forbidden) => $"Try it yourself: {openstack} image list --limit 1",
            nameof(Reason.ImageNotActive) or nameof(Reason.ImageDeactivated) => $"See the images: {openstack} image list --long",
            _ => $"Edit the set: kubectl {inNamespace} edit imagetagset {set.Metadata.Name}",
        };

        // Does not change the other keys of the Secret.
        string Put(string file) => $"kubectl {inNamespace} create secret generic {secret} --from-file={file} --dry-run=client -o yaml "
            + $"| kubectl {inNamespace} patch secret {secret} --patch-file /dev/stdin";
    }
}
