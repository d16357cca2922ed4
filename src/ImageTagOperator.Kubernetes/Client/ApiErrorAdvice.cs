using System.Net;
using ImageTagOperator.Kubernetes.Entities;

namespace ImageTagOperator.Kubernetes.Client;

/// <summary>Advice for the user about an error of the API server.</summary>
internal static class ApiErrorAdvice
{
    /// <param name="verbs">The verbs that were tried, in the terms of RBAC.</param>
    /// <returns>Text to append to the error message; empty for none.</returns>
    public static string For<TEntity>(Exception error, string verbs)
    {
        var definition = EntityDefinition.Of<TEntity>();
        return (error as KubernetesException)?.StatusCode switch
        {
            HttpStatusCode.Forbidden =>
                $". The operator's role needs apiGroups [\"{definition.Group}\"], resources [\"{definition.PluralName}\"], "
                + $"verbs to {verbs}",
            HttpStatusCode.NotFound =>
                $". Is the CustomResourceDefinition {definition.ResourceName} installed, with version {definition.Version}?",
            HttpStatusCode.Unauthorized => ". The API server does not accept the operator's credentials",
            _ => "",
        };
    }
}
