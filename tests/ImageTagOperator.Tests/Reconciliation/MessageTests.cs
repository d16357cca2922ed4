using System.Net;
using System.Text;
using System.Text.Json;
using ImageTagOperator.Controllers;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Identity;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Tests.Scenarios;
using Xunit;
using World = ImageTagOperator.Scenarios.World;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>Each message contains the object, the cause, and the command to run.</summary>
public sealed class MessageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_that_was_renamed_is_named_with_the_tags_that_are_still_on_it()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var image = world.Cloud.AddImage("ubuntu");
        await world.StartOperatorAsync();
        await world.CreateAsync(world.Set("ubuntu", "ubuntu", "golden", "lts"));
        await world.ReadyAsync("ubuntu", "True");
        image.Name = "ubuntu-old";
        image.UpdatedAt += TimeSpan.FromSeconds(1);
        await world.RequestAsync("ubuntu", "now");
        var set = await world.ReadyAsync("ubuntu", "False", "ImageNotFound");
        Assert.Contains($" The managed tags golden, lts are still on image 'ubuntu-old' ({image.Id}), which had that name. To follow it, ",
            World.Ready(set)!.Message, StringComparison.Ordinal);
        Assert.Equal(["golden", "lts"], image.Tags.Order());
    }

    [Fact]
    public async Task The_command_that_replaces_tags_that_no_call_can_name_works()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var image = world.Cloud.AddImage("odd", "a/b", "..", "it's", "old");
        await world.StartOperatorAsync();
        var set = world.Set("odd", image.Id, "golden", "it's");
        await world.CreateAsync(set);
        var message = World.Ready(await world.ReadyAsync("odd", "False", "TagNotRemovable"))!.Message!;
        var typed = message[message.IndexOf("curl ", StringComparison.Ordinal)..];
        Assert.StartsWith(
            "curl -X PATCH -H \"X-Auth-Token: $(openstack --os-cloud demo token issue -f value -c id)\" -H 'Content-Type: "
            + "application/openstack-images-v2.1-json-patch' -d '[", typed, StringComparison.Ordinal);
        var (begin, end) = (typed.IndexOf("-d '", StringComparison.Ordinal) + 4, typed.LastIndexOf("' ", StringComparison.Ordinal));
        Assert.DoesNotContain('\'', typed[begin..end]);

        using var request = new HttpRequestMessage(
            HttpMethod.Patch, typed[(end + 2)..]) { Content = new StringContent(typed[begin..end], Encoding.UTF8) };
        request.Content.Headers.ContentType = new("application/openstack-images-v2.1-json-patch");
        request.Headers.Add("X-Auth-Token", await TokenAsync(world));
        using var http = new HttpClient();
        using var response = await http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["golden", "it's"], image.Tags.Order());
        await world.RequestAsync("odd", "now");
        await world.ReadyAsync("odd", "True");
    }

    /// <summary>Errors that end a reconcile, and their messages.</summary>
    [Theory]
    [InlineData(403, "KubernetesRefuses")]
    [InlineData(400, "KubernetesRefuses")]
    [InlineData(422, "KubernetesRefuses")]
    [InlineData(404, null)]
    [InlineData(409, null)]
    [InlineData(429, null)]
    [InlineData(500, null)]
    [InlineData(503, null)]
    public void A_rejection_by_the_API_server_is_reported_and_its_outage_is_not(int status, string? reason)
    {
        var error = new KubernetesException(
            "PATCH", "/apis/imagetags.io/x", (HttpStatusCode)status, new V1Status { Message = "denied by a webhook." });
        var problem = ReconcileFailure.ProblemOf(error);
        Assert.Equal(reason, problem?.Reason.Name);
        if (problem is null) return;
        Assert.Contains("denied by a webhook. Give", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reconcile_that_times_out_reports_its_step()
    {
        var inner = await Assert.ThrowsAsync<TaskCanceledException>(
            () => Steps.During(Steps.Read, Task.FromCanceled<int>(new CancellationToken(canceled: true))));
        var problem = ReconcileFailure.ProblemOf(new ReconcileTimeoutException(TimeSpan.FromMinutes(5), inner))!;
        Assert.Equal(Reason.Transient, problem.Reason);
        Assert.StartsWith(
            "The operator began to read the images and did not end in time. It is tried again.", problem.Message, StringComparison.Ordinal);
        Assert.Null(ReconcileFailure.ProblemOf(new TimeoutException()));
        Assert.Equal(Reason.InternalError, ReconcileFailure.ProblemOf(new InvalidCastException())!.Reason);
    }

    [Theory]
    [InlineData("No such thing.")]
    [InlineData("No such thing")]
    public void A_sentence_of_the_cloud_ends_with_one_period(string message) =>
        Assert.Equal(
            "Secret a/b: No such thing.", Problems.Of(new CloudException(CloudErrorKind.Rejected, message)).Of("Secret a/b").Message);

    private static async Task<string> TokenAsync(SandboxWorld world)
    {
        using var http = new HttpClient();
        var cloud = CloudsYaml.Parse(world.CloudsYaml, "demo");
        using var response = await http.PostAsync(
            new Uri(cloud.AuthUrl.AbsoluteUri + "/auth/tokens"),
                new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(TokenRequest.For(cloud), CloudJson.Default.TokenRequest)), Cancel);
        return Assert.Single(response.Headers.GetValues("X-Subject-Token"));
    }
}
