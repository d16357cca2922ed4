namespace ImageTagOperator.Sandbox.Demo;

/// <summary>The commands for a first-time user.</summary>
internal static class ServeText
{
    /// <param name="imageId">The id of the image that drifts.</param>
    public static string Of(string kubernetes, string identity, string images, string folder, string imageId) =>
        $$"""
        An embedded Kubernetes API at {{kubernetes}}, and a Keystone and Glance at {{identity}} and {{images}} with the images ubuntu-24.04 and debian-12.
        Their files are in {{folder}}; nothing else of this machine is touched.

        In a second terminal, the operator:

          export PATH="{{Programs()}}:$PATH"
          export KUBECONFIG={{folder}}/kubeconfig OS_CLIENT_CONFIG_FILE={{folder}}/clouds.yaml
          image-tag-operator crd --no-cel | kubectl apply -f -
          kubectl create secret generic openstack-clouds --from-file=clouds.yaml={{folder}}/clouds.yaml
          image-tag-operator run

        In a third one, after the same two exports, an ImageTagSet:

          kubectl apply -f {{folder}}/ubuntu.yaml
          kubectl get imagetagsets

        Then cause drift, and see it undone within ten seconds:

          TOKEN=$(curl -si {{identity}}/v3/auth/tokens -H 'Content-Type: application/json' -d '{"auth": {
            "identity": {"methods": ["password"], "password": {"user": {"name": "demo", "domain": {"id": "default"}, "password": "demo-secret"} } },
            "scope": {"project": {"name": "demo", "domain": {"id": "default"} } } } }' | sed -n 's/^X-Subject-Token: //Ip' | tr -d '\r')
          curl -X DELETE -H "X-Auth-Token: $TOKEN" {{images}}/v2/images/{{imageId}}/tags/golden
          kubectl get events --field-selector reason=TagsAdded

        Move the tags to the other image:

          sed -i 's/ubuntu-24.04/debian-12/' {{folder}}/ubuntu.yaml
          kubectl apply -f {{folder}}/ubuntu.yaml
          kubectl get events --field-selector reason=TagsRemoved

        Break the credentials, see the message, and correct them:

          sed 's/demo-secret/wrong/' {{folder}}/clouds.yaml |
            kubectl create secret generic openstack-clouds --from-file=clouds.yaml=/dev/stdin --dry-run=client -o yaml | kubectl apply -f -
          image-tag-operator status -o wide
          kubectl create secret generic openstack-clouds --from-file=clouds.yaml={{folder}}/clouds.yaml --dry-run=client -o yaml |
            kubectl apply -f -

        Without kubectl, after the two exports. The first command shows what would be done, the second does it. After the curl commands
        above, the first one shows the drift; after the sed command it shows the other image:

          image-tag-operator plan -f {{folder}}/ubuntu.yaml
          image-tag-operator apply -f {{folder}}/ubuntu.yaml

        Ctrl-C here ends it.
        """;

    /// <summary>The folder where builds put the operator; this program's own folder when it was built elsewhere.</summary>
    private static string Programs()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "image-tag-operator"))) return folder.FullName;
        }

        return AppContext.BaseDirectory;
    }
}
