using Xunit;

namespace ImageTagOperator.Tests.Tenants;

/// <summary>All attacks of a team at once, with five thousand sets.</summary>
public sealed class EverythingAtOnceTests
{
    [Fact]
    public async Task Edits_of_b_reach_its_image_while_five_thousand_sets_of_a_attack()
    {
        await using var tenants = await TwoTenants.StartAsync();
        await using var endless = await HostileCloud.StartAsync();
        await using var silent = await HostileCloud.StartAsync();
        await using var large = await HostileCloud.StartAsync();
        endless.Images = (http, _) => HostileCloud.JsonAsync(http, HostileCloud.Page([$"{Guid.NewGuid()}"], next: "/v2/images?marker=x"));
        silent.Images = (http, _) => HostileCloud.HangAsync(http);
        large.Images = async (http, _) =>
        {
            http.Response.StatusCode = 500;
            var page = string.Concat(Enumerable.Repeat("<head", 10_000));
            for (var i = 0; i < 100; i++) await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                http.Response, page, http.RequestAborted);
        };
        tenants.AddSecret("a", "endless", endless.CloudsYaml);
        tenants.AddSecret("a", "silent", silent.CloudsYaml);
        tenants.AddSecret("a", "large", large.CloudsYaml);
        tenants.AddSecret("a", "scheme", tenants.Cloud.CloudsYaml.Replace("http://", "https://", StringComparison.Ordinal));
        tenants.AddSecret("a", "password", tenants.Cloud.CloudsYaml.Replace("demo-secret", "wrong", StringComparison.Ordinal));
        tenants.AddSecret("a", "bomb", "m0: &m0 {k0: v}\n"
            + string.Concat(Enumerable.Range(1, 3000).Select(i => $"m{i}: &m{i} {{<<: *m{i - 1}, k{i}: v}}\n")));

        // Ten of each kind in turn, so that all attacks run from early on.
        for (var round = 0; round < 50; round++)
        {
            for (var i = round * 10; i < (round + 1) * 10; i++)
            {
                foreach (var kind in new[] { "endless", "silent", "large", "scheme", "password", "bomb", "gone" }) tenants.AddSet(
                    "a", $"{kind}-{i}", kind, $"{Guid.NewGuid()}", "mine");
                for (var more = 0; more < 2; more++) tenants.AddSet("a", $"gone-{i}-{more}", "gone", $"{Guid.NewGuid()}", "mine");
                tenants.AddSet("a", $"list-{i}", "endless", imageId: null, "mine");
            }

            if (round % 10 == 0) await tenants.EditReachesAsync();
        }

        await tenants.EditReachesAsync();
        // Each kind has been reconciled.
        await tenants.ReasonAsync("a", "scheme-0", "AuthUrlWrong");
        await tenants.ReasonAsync("a", "password-0", "CredentialsRejected");
        await tenants.ReasonAsync("a", "bomb-0", "InvalidCloudsYaml");
        await tenants.ReasonAsync("a", "gone-0", "SecretNotFound");
        Assert.All(new[] { endless, silent, large }, cloud => Assert.NotEmpty(cloud.Calls.All));
        await tenants.EditReachesAsync();
        Assert.True(tenants.IsAlive);
        Assert.Equal(0, tenants.FailedLooks);       // no reconcile of b had to be retried because of a
    }
}
