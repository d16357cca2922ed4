namespace ImageTagOperator.Tests.Commands;

/// <summary>Texts of manifests.</summary>
internal static class Manifests
{
    public static string Documents(params string[] sets) => string.Join("---\n", sets);

    /// <param name="image">Such as <c>name: ubuntu</c>.</param>
    /// <param name="more">Further lines of the spec.</param>
    public static string Set(string name, string image, string tags, params string[] more) =>
        $$"""
        apiVersion: imagetags.io/v1alpha1
        kind: ImageTagSet
        metadata: {name: {{name}}, namespace: images}
        spec:
          cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}
          image: { {{image}} }
          tags: [{{tags}}]

        """ + string.Concat(more.Select(line => $"  {line}\n"));
}
