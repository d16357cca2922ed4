namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>The clouds.yaml of a sandbox cloud.</summary>
internal static class CloudsYaml
{
    public static string Write(SandboxCloud cloud) => "clouds:\n" + string.Concat(
        cloud.Identity.Users.Select(user => Password(cloud, user))
            .Concat(cloud.Identity.ApplicationCredentials.Select(credential => Credential(cloud, credential))));

    private static string Password(SandboxCloud cloud, SandboxUser user) =>
        $"""
          {user.Name}:
            region_name: {SandboxCloud.Region}
            identity_api_version: 3
            auth:
              auth_url: {cloud.IdentityUrl}/v3
              username: {user.Name}
              password: "{user.Password}"
              project_name: {user.DefaultProject?.Name}
              user_domain_name: {SandboxIdentity.DomainName}
              project_domain_name: {SandboxIdentity.DomainName}

        """;

    private static string Credential(SandboxCloud cloud, SandboxApplicationCredential credential) =>
        $"""
          {credential.Name}:
            region_name: {SandboxCloud.Region}
            identity_api_version: 3
            auth_type: v3applicationcredential
            auth:
              auth_url: {cloud.IdentityUrl}/v3
              application_credential_id: {credential.Id}
              application_credential_secret: "{credential.Secret}"

        """;
}
