using System.Text;
using FsCheck.Fluent;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.OpenStack.Identity;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.Reconciliation.Properties;
using Xunit;

namespace ImageTagOperator.Tests.Fuzzing;

/// <summary>For any input from outside, a parser returns a result or its own error, within a memory limit. <c>PROPERTY_RUNS=100000
/// PROPERTY_SEED=random</c> makes each test try that many other inputs.</summary>
public sealed class ForeignTextProperties
{
    private const long MostBytes = 256 << 20;

    /// <summary>The number of inputs of each kind.</summary>
    private const int Texts = 400;

    private static readonly CloudConfiguration Cloud = CloudsYaml.Parse(
        "clouds: {demo: {region_name: RegionOne, auth: {auth_url: 'http://k/v3', username: u, password: s3cr3t-pass, user_domain_id: d, "
            + "project_id: p}}}", "demo");

    [Fact]
    public void A_clouds_yaml_is_read_or_refused() => Check(
        text => Allow<InvalidCloudsYamlException>(() => CloudsYaml.Parse(text, "demo")),
        "clouds:\n  demo:\n    region_name: R\n    verify: false\n    auth:\n      auth_url: https://k:5000/v3\n      username: u\n      "
            + "password: 's3cr3t'\n      project_name: p\n      user_domain_name: D\n      project_domain_name: D\n",
        "x: &a {auth_url: http://k, user_id: u}\ny: &b {<<: *a, password: x}\nclouds: {demo: {auth: {<<: [*a, *b], project_id: p}, "
            + "image_endpoint_override: 'http://g/v2'}}\n",
        "clouds:\n  demo:\n    auth_type: v3applicationcredential\n    auth: {auth_url: \"http://k\", application_credential_id: i, "
            + "application_credential_secret: |\n      long\n      text}\n");

    [Fact]
    public void A_login_and_its_catalog_are_read_or_refused() => Check(
        text => Allow<CloudException>(() =>
        {
            var response = Response("POST http://k/v3/auth/tokens", 201, text);
            if (response.Read(CloudJson.Default.TokenResponse).Token is { } token) Catalog.ImageEndpoint(
                Cloud, [.. (token.Catalog ?? []).OfType<CatalogService>()]);
        }),
        """{"token": {"expires_at": "2999-01-01T00:00:00.000000Z", "project": {"id": "p"}, "catalog": [{"type": "image", "name": "glance", "endpoints": [{"interface": "public", "region": "RegionOne", "region_id": "RegionOne", "url": "http://user:pass@glance:9292/v2/"}]}]}}""",
        """{"token": {"expires_at": "2026-01-01T00:00:00Z", "system": {"all": true}, "catalog": null}}""");

    [Fact]
    public void A_list_of_images_is_read_or_refused() => Check(
        text => Allow<CloudException>(() =>
        {
            var response = Response("GET http://g/v2/images", 200, text);
            foreach (var (image, _) in response.Read(CloudJson.Default.ImagePage).Images ?? [])
            {
                if (ImageCheck.Problem(image) is not null) continue;
                Assert.NotNull(image!.Property("x") ?? "");
                Assert.True(image.IsSameAs(image));
            }
        }),
        """{"images": [{"id": "d166cb3d-9f1a-4c0d-9bd9-55f09fbe4e43", "name": "ubuntu", "status": "active", "tags": ["a", "b"], "os_hidden": false, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "x": {"y": [1, 2]}}], "next": "/v2/images?marker=x"}""",
        """{"images": []}""");

    [Fact]
    public void An_errors_body_becomes_a_short_line_without_secrets() => Check(
        text =>
        {
            foreach (var call in new[] { "GET http://g/v2/images", "POST http://k/v3/auth/tokens" })
            {
                var line = Response(call, 500, text).Describe();
                Assert.InRange(line.Length, 1, 500);
                Assert.DoesNotContain("s3cr3t-pass", line, StringComparison.Ordinal);
                Assert.DoesNotContain(line, c => char.IsControl(c));
            }
        },
        """{"error": {"code": 401, "message": "You sent s3cr3t-pass and s3cr3t-pass", "title": "Unauthorized"}}""",
        """{"message": "s3cr3t-pass<br /><br />\n\n\n", "details": "s3cr3t-pass", "code": "413"}""",
        "<html>\n <head>\n  <title>403</title>\n </head>\n <body>\n  s3cr3t-pass</body>\n</html>");

    [Fact]
    public void A_kubeconfig_is_read_or_refused()
    {
        var path = Path.Combine(Path.GetTempPath(), $"fuzz-{Guid.NewGuid():N}");
        try
        {
            Check(
                text =>
                {
                    File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
                    Allow<KubernetesConfigurationException>(() => new Kubeconfig([path]).Resolve(null));
                },
                "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters:\n- name: k\n  cluster: {server: \"https://k:6443\", "
                    + "insecure-skip-tls-verify: true}\ncontexts:\n- name: c\n  context: {cluster: k, user: u, namespace: n}\nusers:\n- "
                    + "name: u\n  user: {token: t}\n",
                "current-context: c\nclusters: [{name: k, cluster: {server: 'https://k', certificate-authority-data: AAAA, "
                    + "tls-server-name: x, proxy-url: 'http://p:1'}}]\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nusers: "
                    + "[{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, args: [a], env: [{name: A, "
                    + "value: b}], interactiveMode: Never}, as: me, as-groups: [g]}}]\n");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Each_line_of_a_watch_is_an_event_or_ends_the_watch() => CheckAsync(
        async text =>
        {
            using var client = new KubernetesClient(
                new KubernetesClientConfiguration { Server = new Uri("http://api.test") }, new StubHandler(_ => StubHandler.Json(text)),
                    WidgetJsonContext.Default, "tester/1");
            try
            {
                await foreach (var change in client.WatchAsync<Widget>("n", "1", null, CancellationToken.None)) Assert.NotNull(change);
            }
            catch (Exception e) when (e is System.Text.Json.JsonException or KubernetesException)
            {
                // The line is not a watch event.
            }
        },
        """
        {"type": "ADDED", "object": {"apiVersion": "test.example.com/v1", "kind": "Widget", "metadata": {"name": "a", "namespace": "n", "resourceVersion": "7", "uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["x"]}, "spec": {"size": 1, "choice": {"name": "a"}}}}
        {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "8"}}}
        """,
        """{"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old", "details": {"retryAfterSeconds": 3}}}""");

    private static CloudResponse Response(string call, int status, string body) =>
        new(call, status, Encoding.UTF8.GetBytes(body), "token", null, ContentType: "application/json", Secrets: new KnownSecrets(Cloud));

    private static void Allow<TError>(Action read)
        where TError : Exception
    {
        try
        {
            read();
        }
        catch (TError)
        {
            // The parser's own error.
        }
    }

    private static void Check(Action<string> read, params string[] corpus) => CheckAsync(
        text =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            read(text);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
            return Task.CompletedTask;
        },
        corpus);

    private static void CheckAsync(Func<string, Task> read, params string[] corpus) =>
        FsCheck.Check.One(Runs.Configuration(Texts), Prop.ForAll(Mutation.Of(corpus), read));
}
