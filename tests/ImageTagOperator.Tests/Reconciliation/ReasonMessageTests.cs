using System.Net;
using System.Security.Authentication;
using ImageTagOperator.Contracts;
using ImageTagOperator.Controllers;
using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Addresses;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Guards;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Sandbox.Kubernetes;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Documentation;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>The message of each reason in the status of a set.</summary>
public sealed class ReasonMessageTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 10, 0, 0, TimeSpan.Zero);

    /// <summary>The reasons whose messages are checked in the scenarios that cause them.</summary>
    private static readonly Reason[] InScenarios = [Reason.CloudChanged, Reason.DefinitionOutdated];

    private static readonly TagStep Add = new(TagVerb.Add, "golden");

    private SandboxCloud cloud = null!;

    public static TheoryData<string> Reasons => [.. Reason.All.Select(reason => reason.Name)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => cloud = await SandboxCloud.StartAsync();

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task Each_reason_names_the_object_and_the_command(string name)
    {
        var reason = Reason.All.Single(reason => reason.Name == name);
        if (InScenarios.Contains(reason)) return;
        var problems = await ProblemsAsync(reason);
        Assert.NotEmpty(problems);
        foreach (var problem in problems)
        {
            Assert.Equal(reason, problem.Reason);
            MessageRules.Check(Reported(problem));
        }
    }

    /// <summary>A search for words of the message finds the reason in the page.</summary>
    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task Troubleshooting_quotes_words_of_each_message(string name)
    {
        var paragraph = Page.Of("docs/troubleshooting.md").Lines.SkipWhile(line => line != $"### {name}").Skip(1)
            .TakeWhile(line => !line.StartsWith("### ", StringComparison.Ordinal));
        var quoting = paragraph.Single(line => line.StartsWith("*Message:* ", StringComparison.Ordinal));
        string[] words = [.. quoting.Split('`').Where((_, i) => i % 2 == 1)];
        var reason = Reason.All.Single(reason => reason.Name == name);
        foreach (var problem in InScenarios.Contains(reason) ? [] : await ProblemsAsync(reason))
        {
            Assert.True(words.Any(text => problem.Message.Contains(text, StringComparison.Ordinal)), $"The page contains no words of: {problem.Message}");
        }
    }

    /// <summary>Also for new reasons.</summary>
    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_message_without_a_command_gets_exactly_one(string name)
    {
        var reason = Reason.All.Single(reason => reason.Name == name);
        MessageRules.Check(Reported(new Problem(reason, "Cloud 'pcd' has a fault.")));
        if (MessageRules.WithoutCommand.ContainsKey(reason)) return;
        var own = World.Ready(Reported(new Problem(reason, "Cloud 'pcd' has a fault: kubectl get its")))!.Message;
        Assert.EndsWith("has a fault: kubectl get its", own, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_is_last_in_messages_of_any_length()
    {
        var set = Set();
        set.Status.LastVerifiedTime = Now.AddHours(-1);
        set.Status.LastVerifiedReason = "InSync";
        var failed = World.Ready(Reported(Problems.Unforeseen(new InvalidCastException()), set))!.Message;
        Assert.Matches("the set was InSync.* See the log: kubectl -n OPERATOR-NAMESPACE logs .* --tail=-1$", failed);
        set.Status = StatusBuilder.After(set, SetResult.Failed(Problems.Unforeseen(new InvalidCastException())), Now, "ops");
        Assert.Contains("kubectl -n ops logs ", World.Ready(set)!.Message, StringComparison.Ordinal);
        var tags = string.Join(", ", Enumerable.Range(0, 4000));
        var many = World.Ready(Reported(new Problem(Reason.TagCollision, $"Image x has {tags}.")))!.Message;
        Assert.EndsWith("… Edit the set: kubectl -n images edit imagetagset ubuntu", many, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_without_permission_for_the_Secret_is_named_as_the_API_server_names_it()
    {
        var problem = await SecretAsync(new Fault
        {
            Status = 403,
            Body = """{"kind": "Status", "message": "User \"system:serviceaccount:ops:tagger\" cannot get resource \"secrets\""}""",
            ContentType = "application/json",
        });
        Assert.EndsWith("--clusterrole=image-tag-operator --serviceaccount=ops:tagger", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pcd", "pcd")]
    [InlineData("", "''")]
    [InlineData("my cloud; rm it's", "'my cloud; rm it'\\''s'")]
    public void A_name_with_shell_metacharacters_is_quoted(string name, string typed) => Assert.Equal(typed, ShellText.Of(name));

    private static V1Alpha1ImageTagSet Set() => new()
    {
        Metadata = { Name = "ubuntu", NamespaceProperty = "images", Uid = "u", Generation = 1 },
        Spec = new ImageTagSetSpec
        {
            CloudCredentialsRef = new CloudCredentialsRef { SecretName = "openstack-clouds", CloudName = "demo" },
            Image = new ImageReference { Name = "ubuntu" },
            Tags = ["golden"],
        },
    };

    private static V1Alpha1ImageTagSet Reported(Problem problem, V1Alpha1ImageTagSet? set = null)
    {
        set ??= Set();
        set.Status = StatusBuilder.After(set, SetResult.Failed(problem), Now);
        return set;
    }

    private async Task<Problem[]> ProblemsAsync(Reason reason) => reason.Name switch
    {
        nameof(Reason.Transient) => [ImageProblems.TurnEnded(await ImageAsync(), Plan()), Lost(await ImageAsync()), OfCloud(
            CloudCallException.For("GET http://x", TimeSpan.FromSeconds(30), new HttpRequestException("x")))],
        nameof(Reason.Interrupted) => [ImageProblems.Interrupted(await ImageAsync(), Plan())],
        nameof(Reason.ImageNotActive) => [await NotActiveAsync("queued")],
        nameof(Reason.ImageDeactivated) => [await NotActiveAsync("deactivated")],
        nameof(Reason.InternalError) => [Problems.Unforeseen(new InvalidCastException("x"))],
        nameof(Reason.InvalidSpec) => [
            Invalid(spec => spec.Tags = ["a", "A"]), Invalid(spec => spec.Tags = ["a/b"]), Invalid(spec => spec.Interval = "1x"),
            Invalid(spec => spec.Image = new ImageReference()), Invalid(spec => spec.Image = new ImageReference { Id = "x" })],
        nameof(Reason.NoImageMatches) => [NothingLeft()],
        nameof(Reason.Conflict) => [await ConflictAsync()],
        nameof(Reason.RemovalLimitExceeded) => [
            new RemovalBudget(1).Refuse(["a", "b"], "image x")!, new RemovalBudget(1).Exhausted(["a", "b"], "image x")],
        nameof(Reason.KubernetesRefuses) => [ReconcileFailure.ProblemOf(new KubernetesException(
            "PATCH", "/apis/imagetags.io/x", HttpStatusCode.Forbidden, new V1Status { Message = "denied." }))!],
        nameof(Reason.SecretNotFound) => [await SecretAsync(null)],
        nameof(Reason.SecretForbidden) => [await SecretAsync(new Fault { Status = 403 })],
        nameof(Reason.InvalidCloudsYaml) => [
            OfFile("clouds: {"), OfFile("clouds: {a: {}}"), OfFile("clouds: {demo: {}}"), OfFile("[]"),
            await LoginAsync("demo", "POST", "*/auth/tokens", new Fault { Status = 400 })],
        nameof(Reason.CredentialsRejected) => [
            await LoginAsync("demo", "POST", "*/auth/tokens", new Fault { Status = 401 }),
            await LoginAsync("demo-app", "POST", "*/auth/tokens", new Fault { Status = 401 })],
        nameof(Reason.AuthUrlWrong) => [await LoginAsync("demo", "POST", "*/auth/tokens", new Fault { Status = 405 })],
        nameof(Reason.Redirected) => [await LoginAsync("demo", "POST", "*/auth/tokens", new Fault
        {
            Status = 301, Headers = new Dictionary<string, string> { ["Location"] = "https://cloud.example/v3" },
        })],
        nameof(Reason.TlsUntrusted) => [OfCloud(CloudCallException.For("GET https://x", null, new HttpRequestException(
            HttpRequestError.SecureConnectionError, "x", new AuthenticationException("The remote certificate is invalid"))))],
        nameof(Reason.AccessRulesForbid) => [await LoginAsync("demo-app", "*", "*/v2/images*", new Fault { Status = 401 })],
        nameof(Reason.CloudRejects) => [await LoginAsync("demo", "GET", "*/v2/images*", new Fault { Status = 405 })],
        nameof(Reason.CloudNotAllowed) => [NotAllowed("10.0.0.1"), NotAllowed("169.254.169.254"), NotAllowed("127.0.0.1")],
        nameof(Reason.EndpointNotFound) => [await LoginAsync(
            "demo", "GET", "*/v2/images*", new Fault { Status = 404, Body = "<p>x</p>", ContentType = "text/html" })],
        nameof(Reason.Forbidden) => [
            await LoginAsync("demo", "GET", "*/v2/images*", new Fault { Status = 403 }), await WriteAsync(TagWriteResult.Forbidden),
            await WriteAsync(TagWriteResult.Forbidden, isProof: true),
            await WriteAsync(TagWriteResult.Forbidden, isProof: true, new TagStep(TagVerb.Remove, ImagePlan.AbsentTag))],
        nameof(Reason.ImageNotFound) => [
            await ChoiceAsync(new ImageReference { Name = "x" }, 0), await ChoiceAsync(new ImageReference { Id = "x" }, 0),
            ImageProblems.Deleted(await ImageAsync())],
        nameof(Reason.AmbiguousImage) => [await ChoiceAsync(new ImageReference { Name = "ubuntu" }, 2)],
        nameof(Reason.TooManyImages) => [
            await ChoiceAsync(new ImageReference { Selector = new ImageSelector { Names = ["ubuntu"] } }, 501)],
        nameof(Reason.Contended) => [ImageProblems.Contended(await ImageAsync(), Add)],
        nameof(Reason.TagCollision) => [await RefusalAsync("Golden")],
        nameof(Reason.TagNotRemovable) => [
            await RefusalAsync("a/b"),
            ImageProblems.OfWrite(
                await ImageAsync(), Add, new TagWriteOutcome(TagWriteResult.ServerError, "500"), failsAlways: true, isProof: false)],
        nameof(Reason.TagQuotaExceeded) => [await WriteAsync(TagWriteResult.QuotaExceeded)],
        nameof(Reason.TagRejected) => [await WriteAsync(TagWriteResult.Rejected)],
        _ => throw new Xunit.Sdk.XunitException($"Reason {reason} has no message here."),
    };

    private static TagPlan Plan() => new([Add], []);

    private static Problem Lost(ObservedImage image) => ImageProblems.Lost(image, Plan(), [Add], 3, TimeSpan.FromSeconds(3));

    private static Problem Invalid(Action<ImageTagSetSpec> edit)
    {
        var set = Set();
        edit(set.Spec);
        return CloudRules.Check(set.Spec)!;
    }

    private static Problem NothingLeft()
    {
        var set = Set();
        set.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = ["x"], Newest = 1 } };
        set.Status.ImageCount = 1;
        return Observer.NoMatchProblem(set, hasTags: false)!;
    }

    private static Problem OfCloud(CloudCallException error) => Problems.Of(new CloudException(
        error.Kind, $"Keystone of cloud 'demo' at http://x cannot be reached: {error.Message}")).Of("Secret images/openstack-clouds");

    private static Problem NotAllowed(string address)
    {
        var why = AllowedClouds.Of(["192.0.2.0/24"], isInCluster: true).WhyRefused("cloud.example", IPAddress.Parse(address))!;
        return OfCloud(CloudCallException.For("GET http://x", null, new HttpRequestException("x", new AddressNotAllowedException(why))));
    }

    private static Problem OfFile(string yaml) => new(
        Reason.InvalidCloudsYaml,
        "Secret images/openstack-clouds: "
            + Assert.Throws<InvalidCloudsYamlException>(() => CloudsYaml.Parse(yaml, "demo")).Message);

    private static async Task<Problem> SecretAsync(Fault? fault)
    {
        await using var server = await SandboxKubernetes.StartAsync();
        using var client = server.Client();
        if (fault is not null) server.Faults.Add("GET", "*/secrets/*", fault);
        var set = Set();
        var clouds = new SecretClouds(new SharedSecrets(client, new FakeTimeProvider()));
        return (await Assert.ThrowsAsync<ProblemException>(() => clouds.FindAsync(
            new RegisteredSet(set, new SetMemory(), DateTimeOffset.MinValue), set.Spec.CloudCredentialsRef, Cancel))).Problem;
    }

    private async Task<Problem> LoginAsync(string name, string method, string target, Fault fault)
    {
        using var _ = cloud.Faults.Add(method, target, fault);
        using var session = TestSession.Of(CloudsYaml.Parse(cloud.CloudsYaml, name));
        var error = await Assert.ThrowsAsync<CloudException>(
            () => session.Images.ReadAsync(ImageTerm.All, Cancel));
        return Problems.Of(error).Of("Secret images/openstack-clouds");
    }

    private async Task<CloudConnection> ConnectAsync()
    {
        var session = TestSession.Of(CloudsYaml.Parse(cloud.CloudsYaml, "demo"));
        return new CloudConnection(Set().Spec.CloudCredentialsRef, session, await session.GetAccessAsync(Cancel));
    }

    private async Task<ObservedImage> ImageAsync(params string[] tags)
    {
        var by = await ConnectAsync();
        var image = (await by.Session.GetImageAsync(cloud.AddImage("ubuntu", tags).Id, Cancel))!;
        var set = new RegisteredSet(Set(), new SetMemory(), Now);
        var claim = new ImageClaim("images/ubuntu", Now, new TagDeclaration(["golden"], TagPolicy.Exact, []), []);
        return new ObservedImage(set, by, image, new ImageReading([image], Now, 0), claim, []);
    }

    private async Task<Problem> NotActiveAsync(string status)
    {
        var observed = await ImageAsync();
        return ImageProblems.WhyNotActive(observed, observed.Image with { Status = status })!;
    }

    private async Task<Problem> ConflictAsync()
    {
        var image = await ImageAsync();
        image = image with { Others = [image.Claim with { Owner = "images/older", Created = Now.AddDays(-1) }] };
        return ImageProblems.ConflictOf(image, image.ShareOf(image.Image))!;
    }

    private async Task<Problem> RefusalAsync(string tag)
    {
        var observed = await ImageAsync(tag);
        var (claim, policy) = (observed.Claim, tag == "Golden" ? TagPolicy.Additive : TagPolicy.Exact);
        observed = observed with { Claim = claim with { Declaration = claim.Declaration with { Policy = policy } } };
        return ImageProblems.RefusalOf(observed, observed.Image, observed.ShareOf(observed.Image).Plan)!;
    }

    private async Task<Problem> WriteAsync(TagWriteResult result, bool isProof = false, TagStep? step = null) => ImageProblems.OfWrite(
        await ImageAsync(), step ?? Add, new TagWriteOutcome(result, "PUT http://x -> 4xx: no."), failsAlways: false, isProof);

    private async Task<Problem> ChoiceAsync(ImageReference reference, int count)
    {
        var image = (await ImageAsync()).Image;
        var images = Enumerable.Range(0, count).Select(_ => image with { Id = Guid.NewGuid().ToString() }).ToArray();
        var by = await ConnectAsync();
        return Assert.Throws<ProblemException>(() => ImageChoice.Choose(reference, by, [], images)).Problem;
    }
}
