using System.Text.Json.Nodes;
using ImageTagOperator.Commands.Status;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Scenarios;

/// <summary>The status of sets whose cloud is unreachable.</summary>
public sealed class SandboxOutageTests
{
    [Fact]
    public async Task Ready_is_Unknown_during_an_outage_with_its_cause_and_the_age_of_the_last_observation()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var image = world.Cloud.AddImage("ubuntu");
        await world.StartOperatorAsync();
        await world.CreateAsync(world.Set("ubuntu", image.Id, "golden"));
        var verified = (await world.ReadyAsync("ubuntu", "True")).Status.LastVerifiedTime;
        Assert.NotNull(verified);

        // Another client removes the tag, and the operator cannot see it.
        world.Cloud.Faults.Add("GET", "*/images*", new Fault { Status = 503 });
        image.SetTags();
        var away = await world.ReadyAsync("ubuntu", "Unknown", "Transient");
        Assert.EndsWith(
            $" Before that, when the images were last verified at {away.Status.LastVerifiedTime:yyyy-MM-ddTHH:mm:ssZ}, the set was InSync.",
                World.Ready(away)!.Message, StringComparison.Ordinal);
        Assert.True(away.Status.LastVerifiedTime >= verified);
        Assert.Equal(("Unknown", "Transient"), (SetStatus.Of(away).Ready, SetStatus.Of(away).Reason));

        await world.DeleteSecretAsync();
        await world.ReadyAsync("ubuntu", "False", "SecretNotFound");
        await world.CreateSecretAsync(world.CloudsYaml);
        var again = await world.ReadyAsync("ubuntu", "Unknown", "Transient");
        Assert.All(again.Status.Conditions!, condition => Assert.DoesNotContain("Create it", condition.Message, StringComparison.Ordinal));

        world.Cloud.Faults.Clear();
        await world.ReadyAsync("ubuntu", "True", "InSync");
        Assert.Equal(["golden"], image.Tags);
        Assert.Contains(await world.WaitForEventsAsync("TagsAdded", 2), reported =>
            reported.StartsWith("Put back golden, which somebody had removed", StringComparison.Ordinal));
        await world.WaitForEventsAsync("Recovered");
        Assert.Single(await world.EventsAsync("SecretNotFound"));
    }

    [Fact]
    public async Task An_edit_during_an_outage_is_not_reported_as_drift()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var image = world.Cloud.AddImage("ubuntu");
        await world.StartOperatorAsync();
        await world.CreateAsync(world.Set("ubuntu", image.Id, "golden"));
        await world.ReadyAsync("ubuntu", "True");
        world.Cloud.Faults.Add("GET", "*/images*", new Fault { Status = 503 });
        await world.ReadyAsync("ubuntu", "Unknown", "Transient");
        await world.EditAsync("ubuntu", new JsonObject { ["tags"] = new JsonArray("golden", "lts") });
        await world.UntilAsync(
            () => world.GetAsync("ubuntu"),
            set => set.Status.ObservedGeneration == set.Metadata.Generation
                && World.Ready(set)!.Message.EndsWith("the set was InSync, by the declaration of that time.", StringComparison.Ordinal),
            "to be told what was true of the declaration before", set => $"its message is {World.Ready(set)?.Message}");
        world.Cloud.Faults.Clear();
        await world.ReadyAsync("ubuntu", "True", "InSync");
        Assert.DoesNotContain(await world.EventsAsync("TagsAdded"), reported => reported.StartsWith("Put back", StringComparison.Ordinal));
    }
}
