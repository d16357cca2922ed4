using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Tests.Commands;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.OpenStack;
using ImageTagOperator.Tests.Tenants;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>The message of each reason, as an operator wrote it: it names the object, the cause and the remedy, with what to type where that is
/// known. docs/troubleshooting.md has them all.</summary>
public sealed partial class MessageTableTests
{
    private const string Begin = "<!-- messages -->\n";
    private const string End = "<!-- /messages -->\n";

    /// <summary>Where there is something to type that helps whoever reads it.</summary>
    private static readonly Dictionary<string, string> Commands = new()
    {
        ["SecretNotFound"] = "kubectl -n a create secret generic ",
        ["SecretForbidden"] = "kubectl -n a create rolebinding ",
        ["InvalidCloudsYaml"] = "kubectl -n a create secret generic ",
        ["CredentialsRejected"] = "openstack application credential list",
        ["CloudNotAllowed"] = "helm upgrade ",
        ["Forbidden"] = "openstack image show ",
        ["DefinitionOutdated"] = "image-tag-operator crd | kubectl apply -f -",
        ["KubernetesRefuses"] = "kubectl describe clusterrole ",
        ["ImageDeactivated"] = "openstack image set --activate ",
        ["TagNotRemovable"] = "curl -X PATCH ",
    };

    private static readonly string[] Objects = ["Secret a/", "image '", "Image '", "image IMAGE", "cloud '", "Cloud '", "spec.", "CustomResourceDefinition", "Kubernetes API", "operator failed to", "://cloud.example"];

    private static readonly string[] Foreign = ["Exception:", "(Parameter", "System.", "Object reference", "Operation is not valid", "Nullable", "..", "The operation has"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_reason_has_a_message_that_a_person_can_act_on_and_that_is_documented()
    {
        var messages = await MessagesAsync();
        Assert.Empty(Reason.All.Select(reason => reason.Name).Append("Drifted").Except(messages.Keys).Except([nameof(Reason.Interrupted)]));
        var readme = await File.ReadAllTextAsync(Path.Combine(CommandRun.RepositoryFolder(), "README.md"), Cancel);
        Assert.Empty(ReasonsOf(readme).Except(messages.Keys));
        var table = new StringBuilder("| message | reason | who acts |\n|---|---|---|\n");
        var faults = new List<string>();
        foreach (var (reason, message) in messages.OrderBy(pair => pair.Value, StringComparer.Ordinal))
        {
            if (!Objects.Any(named => message.Contains(named, StringComparison.Ordinal))) faults.Add($"{reason} names no object: {message}");
            if (Foreign.Any(words => message.Contains(words, StringComparison.Ordinal))) faults.Add($"{reason} is not in our words: {message}");
            if (!message.EndsWith('.') && !Command().IsMatch(message)) faults.Add($"{reason} ends with neither a full stop nor what to type: {message}");
            if (Commands.TryGetValue(reason, out var command) && !message.Contains(command, StringComparison.Ordinal)) faults.Add($"{reason} does not say what to type: {message}");
            var kind = Reason.All.FirstOrDefault(known => known.Name == reason)?.Kind ?? ProblemKind.Stalled;
            var who = kind switch { ProblemKind.Stalled => "a person", ProblemKind.Unforeseen => "the authors", _ => "nobody, it goes by" };
            table.Append(null, $"| {message.Replace("|", "\\|", StringComparison.Ordinal)} | `{reason}` | {who} |\n");
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        var file = Path.Combine(CommandRun.RepositoryFolder(), "docs", "troubleshooting.md");
        var page = await File.ReadAllTextAsync(file, Cancel);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("ITO_WRITE_DOCS") is not null) await File.WriteAllTextAsync(file, page[..begin] + table + page[end..], Cancel);
        else Assert.True(page[begin..end] == table.ToString(), $"The messages in docs/troubleshooting.md are stale. With ITO_WRITE_DOCS=1 this test writes them; they should be\n{table}");
    }

    private static async Task<Dictionary<string, string>> MessagesAsync()
    {
        await using var tenants = await TwoTenants.StartAsync();
        await using var tls = await MutualTlsCloud.StartAsync();
        var clouds = new List<HostileCloud>();
        var (cloud, yaml) = (tenants.Cloud, tenants.Cloud.CloudsYaml);
        tenants.AddSecret("a", "good", yaml);
        await AddCloudAsync("busy", (http, _) => AnswerAsync(http, 503));
        await AddCloudAsync("refusing", (http, _) => AnswerAsync(http, 400));
        await AddCloudAsync("crowd", (http, _) => HostileCloud.JsonAsync(http, HostileCloud.Page([.. Enumerable.Range(0, 501).Select(i => $"00000000-0000-0000-0000-{i:000000000000}")])));
        await AddCloudAsync("moving", login: (http, _) =>
        {
            http.Response.Headers.Location = "https://cloud.example/v3";
            return AnswerAsync(http, 301);
        });
        const string application = "auth: {application_credential_id: ci, application_credential_secret: x, ";
        await AddCloudAsync("ruled", (http, _) => AnswerAsync(http, 401), change: text => text.Replace("auth: {", application, StringComparison.Ordinal)
            .Replace(", username: mallory, password: mallorys-secret, project_name: p, user_domain_id: default, project_domain_id: default", "", StringComparison.Ordinal));
        await AddCloudAsync("unwelcome", login: (http, _) => AnswerAsync(http, 401), change: text => text.Replace("auth: {", application, StringComparison.Ordinal)
            .Replace(", username: mallory, password: mallorys-secret, project_name: p, user_domain_id: default, project_domain_id: default", "", StringComparison.Ordinal));
        tenants.AddSecret("a", "broken", "clouds: {demo: {auth: {");
        tenants.AddSecret("a", "path", yaml.Replace("/identity/v3", "/nowhere/v3", StringComparison.Ordinal));
        tenants.AddSecret("a", "region", yaml.Replace("region_name: RegionOne", "region_name: Nowhere", StringComparison.Ordinal));
        tenants.AddSecret("a", "tls", tls.CloudsYaml);
        tenants.AddSecret("a", "metadata", "clouds: {demo: {auth: {auth_url: http://169.254.169.254/v3, user_id: u, password: p}}}");
        tenants.AddSecret("a", "changing", yaml);
        tenants.Kubernetes.Faults.Add("GET", "*/secrets/secret", new Fault
        {
            Status = 403, ContentType = "application/json", Body = """{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403, "message": "secrets is forbidden"}""",
        });
        foreach (var (reason, secret) in new[]
        {
            ("SecretNotFound", "openstack-clouds"), ("SecretForbidden", "secret"), ("InvalidCloudsYaml", "broken"), ("AuthUrlWrong", "path"), ("EndpointNotFound", "region"), ("TlsUntrusted", "tls"),
            ("CloudNotAllowed", "metadata"), ("Transient", "busy"), ("CloudRejects", "refusing"), ("Redirected", "moving"), ("AccessRulesForbid", "ruled"), ("CredentialsRejected", "unwelcome"),
            ("ImageNotFound", "good"),
        }) Add(reason, secret, new JsonObject { ["id"] = $"{Guid.NewGuid()}" });
        Add("TooManyImages", "crowd", Selector("*"));
        cloud.AddImage("twice");
        cloud.AddImage("twice");
        Add("AmbiguousImage", "good", new JsonObject { ["name"] = "twice" });
        Add("ImageDeactivated", "good", Id(Image("deactivated")));
        Add("ImageNotActive", "good", Id(Image("queued")));
        Add("TagNotRemovable", "good", Id(Image(tags: "a/b")));
        Add("TagCollision", "good", Id(Image(tags: "GOLDEN")), policy: "Additive");
        Add("RemovalLimitExceeded", "good", Id(Image(tags: "nightly")), more: new JsonObject { ["maxRemovals"] = 0 });
        Add("Drifted", "good", Id(Image()), more: new JsonObject { ["mode"] = "Observe" });
        Add("InvalidSpec", "good", new JsonObject { ["selector"] = new JsonObject { ["tags"] = new JsonArray("tested") } });
        foreach (var (reason, status) in new[] { ("Forbidden", 403), ("TagQuotaExceeded", 413), ("TagRejected", 400) })
        {
            var image = Image();
            cloud.Faults.Add("PUT", $"*/{image.Id}/tags/*", new Fault { Status = status });
            Add(reason, "good", Id(image));
        }

        var shared = Image();
        Add("Winner", "good", Id(shared), more: new JsonObject { ["tags"] = new JsonArray("lts") });
        await Eventually.TrueAsync(() => tenants.ReadyOf("a", "winner") == "True", "the winner is in order", seconds: 120);
        Add("Conflict", "good", Id(shared));

        // What takes two steps or more.
        var (vanishing, moved, fought) = (Image(), Image(), Image());
        (vanishing.Name, moved.Name) = ("vanishing", "moved");
        Add("NoImageMatches", "good", Selector("vanishing"));
        Add("CloudChanged", "changing", Selector("moved"));
        Add("Contended", "good", Id(fought));
        foreach (var name in new[] { "noimagematches", "cloudchanged", "contended" }) await Eventually.TrueAsync(() => tenants.ReadyOf("a", name) == "True", $"{name} is in order", seconds: 120);
        vanishing.Name = "vanished";
        vanishing.UpdatedAt += TimeSpan.FromSeconds(1);
        Request("noimagematches", 1);
        var other = await HostileCloud.StartAsync();
        clouds.Add(other);
        tenants.AddSecret("a", "changing", other.CloudsYaml);
        Request("cloudchanged", 1);
        for (var round = 1; round < 10 && tenants.ReasonOf("a", "contended") != "Contended"; round++)
        {
            fought.SetTags();
            fought.UpdatedAt += TimeSpan.FromSeconds(1);
            Request("contended", round);
            // It is told once it is verified: not before that may somebody else take it away again.
            var told = round + 1;
            await Eventually.TrueAsync(() => Changes() >= told || tenants.ReasonOf("a", "contended") == "Contended", "the tag is put back", seconds: 120);
        }

        var messages = new Dictionary<string, string>();
        foreach (var reason in Reason.All.Select(reason => reason.Name).Append("Drifted").Except(["Interrupted", "InternalError", "KubernetesRefuses", "DefinitionOutdated"]))
        {
            await tenants.ReasonAsync("a", reason.ToLowerInvariant(), reason);
            messages[reason] = Told(reason);
        }

        var old = KubernetesYaml.LoadAll(CrdCommand.Yaml())[0].AsObject();
        old["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["status"]!["properties"]!.AsObject().Remove("images");
        tenants.Kubernetes.Apply(old);
        Add("DefinitionOutdated", "good", Id(Image()));
        await tenants.ReasonAsync("a", "definitionoutdated", "DefinitionOutdated");
        messages["DefinitionOutdated"] = Told("DefinitionOutdated");
        messages["InternalError"] = Problem.Unforeseen(new InvalidCastException()).Message;
        messages["KubernetesRefuses"] = Problem.Ended(new KubernetesException("PUT", "/apis/x", HttpStatusCode.Forbidden, new V1Status { Message = "imagetagsets is forbidden." }))!.Message;
        foreach (var one in clouds) await one.DisposeAsync();
        return messages;

        async Task AddCloudAsync(
            string name, Func<Microsoft.AspNetCore.Http.HttpContext, string, Task>? images = null, Func<Microsoft.AspNetCore.Http.HttpContext, string, Task>? login = null, Func<string, string>? change = null)
        {
            var one = await HostileCloud.StartAsync();
            clouds.Add(one);
            if (images is not null) one.Images = images;
            if (login is not null) one.Login = login;
            tenants.AddSecret("a", name, change?.Invoke(one.CloudsYaml) ?? one.CloudsYaml);
        }

        ImageTagOperator.Sandbox.Cloud.SandboxImage Image(string status = "active", params string[] tags)
        {
            var image = cloud.AddImage("ubuntu", tags);
            image.Status = status;
            return image;
        }

        void Add(string reason, string secret, JsonObject image, string policy = "Exact", JsonObject? more = null)
        {
            var spec = new JsonObject
            {
                ["cloudCredentialsRef"] = new JsonObject { ["secretName"] = secret, ["cloudName"] = "demo" }, ["image"] = image, ["tags"] = new JsonArray("golden"), ["policy"] = policy,
            };
            foreach (var (key, value) in more ?? []) spec[key] = value!.DeepClone();
            tenants.Kubernetes.Apply(new JsonObject
            {
                ["apiVersion"] = "imagetags.io/v1alpha1", ["kind"] = "ImageTagSet", ["metadata"] = new JsonObject { ["name"] = reason.ToLowerInvariant(), ["namespace"] = "a" }, ["spec"] = spec,
            });
        }

        void Request(string name, int number)
        {
            var set = tenants.Find("a", name)!;
            tenants.Kubernetes.Apply(new JsonObject
            {
                ["apiVersion"] = "imagetags.io/v1alpha1",
                ["kind"] = "ImageTagSet",
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "a", ["annotations"] = new JsonObject { ["imagetags.io/requested-at"] = $"{number}" } },
                ["spec"] = set["spec"]!.DeepClone(),
            });
        }

        int Changes() => tenants.Log.Entries.Count(entry => entry.Message.StartsWith("a/contended: image ", StringComparison.Ordinal));

        string Told(string reason) => Normal((string)tenants.Ready("a", reason.ToLowerInvariant())!["message"]!);
    }

    private static JsonObject Id(ImageTagOperator.Sandbox.Cloud.SandboxImage image) => new() { ["id"] = image.Id };

    private static JsonObject Selector(string name) => new() { ["selector"] = new JsonObject { ["names"] = new JsonArray(name) } };

    private static Task AnswerAsync(Microsoft.AspNetCore.Http.HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>Without what is another one each time.</summary>
    private static string Normal(string message)
    {
        message = Uuid().Replace(message, "IMAGE");
        message = Address().Replace(message, "$1://cloud.example");
        message = Time().Replace(message, "2026-03-02T09:00:00Z");
        var before = message.IndexOf(" Before that, ", StringComparison.Ordinal);
        return before < 0 ? message : message[..before];
    }

    private static IEnumerable<string> ReasonsOf(string readme) => readme[readme.IndexOf("| reason | what to do |", StringComparison.Ordinal)..].Split("\n\n")[0].Split('\n').Skip(2)
        .SelectMany(row => Quoted().Matches(row.Split('|')[1]).Select(match => match.Groups[1].Value));

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uuid();

    [GeneratedRegex("(https?)://127\\.0\\.0\\.1:[0-9]+")]
    private static partial Regex Address();

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")]
    private static partial Regex Time();

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(": (kubectl|openstack|curl|image-tag-operator) [^.]*|images/IMAGE$")]
    private static partial Regex Command();
}
