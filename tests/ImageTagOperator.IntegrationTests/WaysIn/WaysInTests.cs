using System.Text.Json.Nodes;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.OpenStack.Identity;
using Xunit;

namespace ImageTagOperator.IntegrationTests.WaysIn;

/// <summary>One clouds.yaml, read by the openstack command, by openstacksdk and by the operator, against one Keystone: the tokens must have
/// the same user and scope.</summary>
public sealed class WaysInTests(WaysInTests.Answers answers) : IClassFixture<WaysInTests.Answers>
{
    public static TheoryData<string> Same => [.. Forms.Same.Keys];

    public static TheoryData<string> Refused => [.. Forms.Refused.Keys];

    public static TheoryData<string> Wider => [.. Forms.Wider.Keys];

    public static TheoryData<string> Narrower => [.. Forms.Narrower.Keys];

    [Theory]
    [MemberData(nameof(Same))]
    public async Task The_same_file_gives_the_same_token(string form)
    {
        var command = await answers.CommandAsync(form);
        Assert.Contains("user ", command, StringComparison.Ordinal);
        Assert.Equal((command, command), (await answers.LibraryAsync(form), await answers.OursAsync(form)));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_file_that_the_openstack_command_refuses_is_refused(string form)
    {
        Assert.StartsWith("refused", await answers.CommandAsync(form), StringComparison.Ordinal);
        await RefusedAsync(form);
    }

    [Theory]
    [MemberData(nameof(Wider))]
    public async Task A_plain_file_is_accepted_even_when_the_openstack_command_fails(string form)
    {
        Assert.StartsWith("refused", await answers.CommandAsync(form), StringComparison.Ordinal);
        Assert.Contains(
            $"user {answers.People.User}, project {answers.People.Project}", await answers.OursAsync(form), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Narrower))]
    public async Task A_file_that_would_give_another_token_than_it_says_is_refused(string form)
    {
        Assert.Contains($"user {answers.People.User}", await answers.CommandAsync(form), StringComparison.Ordinal);
        await RefusedAsync(form);
    }

    [Fact]
    public async Task The_version_implies_the_domain_as_in_the_openstack_command()
    {
        Assert.Contains("project ", await answers.CommandAsync("implied-domain"), StringComparison.Ordinal);
        Assert.Equal(await answers.CommandAsync("implied-domain"), await answers.OursAsync("implied-domain"));
    }

    [Fact]
    public async Task A_missing_cloud_is_refused()
    {
        var (code, output) = await answers.OpenStackAsync("elsewhere");
        Assert.True(code != 0, output);
        Assert.StartsWith("refused: clouds.yaml has no cloud 'elsewhere'", await answers.OursAsync("elsewhere"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_of_the_openstack_command_gives_the_same_result()
    {
        string[] clouds = ["password", "application-credential", "token"];
        var printed = await Task.WhenAll(clouds.Select(answers.OpenStackAsync));
        foreach (var (cloud, (code, output)) in clouds.Zip(printed))
        {
            Assert.True(code == 0, output);
            Assert.Equal(await answers.OursAsync(cloud), await answers.People.DescribeAsync((string)JsonNode.Parse(output)!["id"]!));
        }
    }

    private async Task RefusedAsync(string form)
    {
        var refusal = await answers.OursAsync(form);
        Assert.StartsWith("refused", refusal, StringComparison.Ordinal);
        Assert.All(
            (string[])[Population.Password, answers.People.ApplicationCredentialSecret, answers.People.Token],
            secret => Assert.DoesNotContain(secret, refusal, StringComparison.Ordinal));
    }

    /// <summary>The result of every form, computed once.</summary>
    public sealed class Answers : IAsyncLifetime
    {
        private readonly string path = Path.Combine(Path.GetTempPath(), $"clouds-{Guid.NewGuid():n}.yaml");
        private string file = "";
        private JsonNode theirs = new JsonObject();

        internal Population People { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            People = await Population.CreateAsync();
            file = Forms.File(People);
            await File.WriteAllTextAsync(path, file);
            theirs = await CloudsScript.RunAsync(path);
        }

        public Task<string> CommandAsync(string form) => TheirsAsync(form, "cli");

        public Task<string> LibraryAsync(string form) => TheirsAsync(form, "sdk");

        public async Task<string> OursAsync(string form)
        {
            try
            {
                var cloud = CloudsYaml.Parse(file, form);
                using var hosts = new CloudHosts(new CloudLimits(), TimeProvider.System, static () => true);
                using var http = new CloudHttp(cloud, "", hosts);
                var token = await new Keystone(cloud, http, TimeProvider.System).GetTokenAsync(TestContext.Current.CancellationToken);
                return await People.DescribeAsync(token.Id);
            }
            catch (Exception e) when (e is InvalidCloudsYamlException or CloudException { Kind: CloudErrorKind.CredentialsRejected })
            {
                return $"refused: {e.Message}";
            }
        }

        /// <summary>The exit code and standard output.</summary>
        internal Task<(int Code, string Output)> OpenStackAsync(string cloud) =>
            Shell.TryAsync(
                "sh", ["-c", "OS_CLIENT_CONFIG_FILE=$1 openstack --os-cloud $2 token issue -f json 2>/dev/null", "sh", path, cloud]);

        public async ValueTask DisposeAsync()
        {
            File.Delete(path);
            if (People is not null) await People.DisposeAsync();
        }

        private async Task<string> TheirsAsync(string form, string who) => theirs[form]![who] switch
        {
            JsonObject refused => $"refused: {refused["error"]}",
            var token => await People.DescribeAsync((string)token!),
        };
    }
}
