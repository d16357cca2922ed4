using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageTagOperator.Tests.Commands;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.Scenarios;
using Xunit;
using OperatorProcess = ImageTagOperator.Scenarios.OperatorProcess;

namespace ImageTagOperator.Tests.Tenants;

/// <summary>Recognizable secrets pass through everything that can succeed and fail, and are searched for in all output.</summary>
public sealed class CanaryTests
{
    private const string Password = "canary-pässword/+&";
    private const string ApplicationSecret = "canary-application-secret";
    private const string Token = "canary-token";

    private static readonly string[] Canaries =
    [
        "canary", Uri.EscapeDataString(Password), JsonEncodedText.Encode(Password).ToString(),
        Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Password)),
            Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(ApplicationSecret)),
    ];

    /// <summary>The cloud's behaviour, by the name of the request.</summary>
    private static readonly Dictionary<string, Func<HostileCloud, string, Task>> Ways = new()
    {
        ["refusal"] = (cloud, _) => Answers(cloud, 401, "application/json", body =>
            $$$"""{"error": {"message": {{{JsonSerializer.Serialize("You sent " + body)}}} }}"""),
        ["page"] = (cloud, _) => Answers(cloud, 502, "text/html", body => $"<pre>{body}</pre>"),
        ["message"] = (cloud, _) => Answers(cloud, 400, "application/json", body =>
            $$"""{"message": {{JsonSerializer.Serialize(body)}}, "details": {{JsonSerializer.Serialize(body)}}}"""),
        ["forbidden image"] = (cloud, _) => Echoes(cloud, 403),
        ["failing image"] = (cloud, _) => Echoes(cloud, 500),
        ["no image"] = (cloud, _) => Echoes(cloud, 200),
        ["write"] = (cloud, image) => Writes(cloud, image),
        ["success"] = (cloud, image) =>
        {
            cloud.Images = (http, _) =>
                HostileCloud.JsonAsync(http, http.Request.Method == "GET" ? HostileCloud.Image(image, tags: "[\"mine\"]") : "{}");
            return Task.CompletedTask;
        },
    };

    [Fact]
    public async Task No_secret_is_in_a_log_a_status_an_Event_a_metric_or_a_trace()
    {
        var spans = new ConcurrentQueue<string>();
        using var traces = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => spans.Enqueue(Text(span)),
        };
        ActivitySource.AddActivityListener(traces);
        await using var tenants = await TwoTenants.StartAsync();
        var clouds = new List<HostileCloud>();
        var expected = new List<string>();
        foreach (var (way, prepare) in Ways)
        {
            var (cloud, image) = (await HostileCloud.StartAsync(), $"{Guid.NewGuid()}");
            clouds.Add(cloud);
            await prepare(cloud, image);
            foreach (var (kind, yaml) in new[] { ("password", WithPassword(cloud.Url)),
                ("application", WithApplicationCredential(cloud.Url)), ("token", WithToken(cloud.Url)) })
            {
                var name = $"{way.Replace(' ', '-')}-{kind}";
                tenants.AddSecret("a", name, yaml);
                tenants.AddSet("a", name, name, image, "mine");
                expected.Add(name);
            }
        }

        // No TLS where it is expected, no server, and files that are not a clouds.yaml.
        foreach (var (name, yaml) in new[]
        {
            ("tls", WithPassword(clouds[0].Url.Replace("http:", "https:", StringComparison.Ordinal))),
            ("nobody", WithPassword("http://127.0.0.1:1")),
            ("userinfo", WithPassword($"http://{ApplicationSecret}:x@127.0.0.1:1")),
            ("broken", $"clouds: {{demo: {{auth: {{password: '{Password}', x: ["),
            ("misplaced", $"{ApplicationSecret}: {{demo: x}}"),
        })
        {
            tenants.AddSecret("a", name, yaml);
            tenants.AddSet("a", name, name, $"{Guid.NewGuid()}", "mine");
            expected.Add(name);
        }

        // An unrelated Secret, whose keys must not leak.
        tenants.Kubernetes.Apply(new JsonObject
        {
            ["apiVersion"] = "v1", ["kind"] = "Secret", ["metadata"] = new JsonObject { ["name"] = "other", ["namespace"] = "a" },
                ["data"] = new JsonObject { [ApplicationSecret] = "" },
        });
        tenants.AddSet("a", "other", "other", $"{Guid.NewGuid()}", "mine");
        expected.Add("other");

        foreach (var name in expected) await Eventually.TrueAsync(
            () => tenants.Ready("a", name) is not null, $"{name} was looked at", seconds: 120);
        await tenants.EditReachesAsync();

        Lacks("the log", tenants.Log.Entries.Select(entry => entry.Message));
        Lacks("the status", tenants.Kubernetes.List("imagetagsets.imagetags.io").Select(set => set["status"]?.ToJsonString() ?? ""));
        Lacks("Events", tenants.Kubernetes.List("events.events.k8s.io").Select(reported => reported.ToJsonString()));
        Lacks("metrics", [tenants.Metrics]);
        Lacks("traces", spans);
        Assert.Contains(spans, span => span.StartsWith("create_token", StringComparison.Ordinal));
        Assert.Contains(clouds.SelectMany(cloud => cloud.Calls.All), call => call.Body.Contains("canary", StringComparison.Ordinal));
        foreach (var cloud in clouds) await cloud.DisposeAsync();
    }

    /// <summary>The process has too little memory for its sets, and the runtime ends it during its work.</summary>
    [Fact]
    public async Task No_secret_is_in_the_output_of_a_crash()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        world.Cloud.Identity.User("demo").Password = Password;
        await world.DeleteSecretAsync();
        await world.CreateSecretAsync(world.Cloud.CloudsYaml);
        await using var process = await OperatorProcess.StartAsync(
            OperatorProcess.Executable, ["run", "--kubeconfig", world.Kubeconfig, "-n", world.Namespace],
            new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "C00000" }, logLevel: "Trace");
        var image = world.Cloud.AddImage("ubuntu");
        await world.CreateAsync(world.Set("first", image.Id, "golden"));
        await Eventually.TrueAsync(() => image.Tags.Contains("golden"), "the password was used", seconds: 120);
        for (var i = 0; i < 400 && !process.HasExited; i++)
        {
            var large = world.Set($"set-{i}", image.Id, "golden");
            large.Metadata.Annotations = new Dictionary<string, string> { ["text"] = new('t', 200_000) };
            await world.CreateAsync(large);
        }

        Assert.InRange(await process.ExitAsync(), 129, 255);    // a signal of the runtime
        Assert.Contains("Raise resources.limits.memory", process.Log, StringComparison.Ordinal);
        Lacks("what a crash prints", [process.Log]);
    }

    [Theory]
    [InlineData("refusal", "plan -f set.yaml -o json")]
    [InlineData("message", "plan -f set.yaml -o yaml")]
    [InlineData("failing image", "plan -f set.yaml")]
    [InlineData("no image", "apply -f set.yaml --verbose")]
    [InlineData("page", "export --verbose")]
    public async Task No_secret_is_in_the_output_of_a_command(string way, string arguments)
    {
        await using var cloud = await HostileCloud.StartAsync();
        var image = $"{Guid.NewGuid()}";
        await Ways[way](cloud, image);
        using var run = new CommandRun();
        run.Write("clouds.yaml", WithPassword(cloud.Url));
        run.Write("set.yaml",
            $"apiVersion: imagetags.io/v1alpha1\nkind: ImageTagSet\nmetadata: {{name: x}}\nspec:\n  cloudCredentialsRef: {{secretName: s, "
            + $"cloudName: demo}}\n  image: {{id: {image}}}\n  tags: [mine]\n");
        var (code, output, error) = await run.TypeAsync(arguments);
        Assert.Equal(1, code);
        Assert.Contains(cloud.Url, output + error, StringComparison.Ordinal);
        Lacks("what it prints", [output, error]);
    }

    /// <summary>Everything that an exporter can send about it.</summary>
    private static string Text(Activity span) => string.Join(
        ' ',
        [
            span.DisplayName, span.StatusDescription, span.TraceStateString,
            .. span.TagObjects.Select(tag => $"{tag}"), .. span.Baggage.Select(item => $"{item}"),
            .. span.Events.SelectMany(one => one.Tags.Select(tag => $"{tag}").Prepend(one.Name)),
        ]);

    private static void Lacks(string where, IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            if (Canaries.FirstOrDefault(canary => text.Contains(canary, StringComparison.OrdinalIgnoreCase)) is { } found) Assert.Fail(
                $"{where} has {found}: {text}");
        }
    }

    private static Task Answers(HostileCloud cloud, int status, string type, Func<string, string> answer)
    {
        cloud.Login = (http, body) =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = type;
            return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, answer(body));
        };
        return Task.CompletedTask;
    }

    /// <summary>A successful login, and an Image API that repeats its token: in an error, or in a success that is not JSON.</summary>
    private static Task Echoes(HostileCloud cloud, int status)
    {
        Welcomes(cloud);
        cloud.Images = (http, _) =>
        {
            http.Response.StatusCode = status;
            var message = $"\"message\": \"Token {http.Request.Headers["X-Auth-Token"]}\"";
            return HostileCloud.JsonAsync(http, status == 200 ? $"{{{message}, \"{Token}\": [{{" : $"{{{message}}}");
        };
        return Task.CompletedTask;
    }

    private static Task Writes(HostileCloud cloud, string image)
    {
        Welcomes(cloud);
        cloud.Images = (http, _) =>
        {
            if (http.Request.Method == "GET") return HostileCloud.JsonAsync(http, HostileCloud.Image(image));
            http.Response.StatusCode = 400;
            return HostileCloud.JsonAsync(http, $$"""{"message": "Token {{http.Request.Headers["X-Auth-Token"]}}"}""");
        };
        return Task.CompletedTask;
    }

    private static void Welcomes(HostileCloud cloud) => cloud.Login = (http, _) =>
    {
        http.Response.StatusCode = 201;
        http.Response.Headers["X-Subject-Token"] = Token;
        return HostileCloud.JsonAsync(http, cloud.Token(cloud.Url));
    };

    private static string WithPassword(string url) =>
        $"clouds: {{demo: {{region_name: RegionOne, auth: {{auth_url: '{url}/v3', username: u, password: '{Password}', user_domain_id: d, "
            + $"project_id: p}}}}}}\n";

    private static string WithApplicationCredential(string url) =>
        $"clouds: {{demo: {{region_name: RegionOne, auth_type: v3applicationcredential, auth: {{auth_url: '{url}/v3', "
            + $"application_credential_id: i, application_credential_secret: {ApplicationSecret}}}}}}}\n";

    private static string WithToken(string url) =>
        $"clouds: {{demo: {{region_name: RegionOne, auth_type: token, auth: {{auth_url: '{url}/v3', token: {Token}, project_id: p}}}}}}\n";
}
