using System.Net;
using ImageTagOperator.Kubernetes.Entities;

namespace ImageTagOperator.Kubernetes.Client;

/// <summary>What the user can do about an error of the API server.</summary>
internal static class ApiErrorAdvice
{
    /// <param name="verbs">What was tried, as RBAC says it.</param>
    /// <returns>Text to put after the error's message; empty when there is nothing to say.</returns>
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
