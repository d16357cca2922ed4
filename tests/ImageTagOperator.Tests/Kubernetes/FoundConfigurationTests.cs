using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>Configurations that are found in the environment and not named, used for a request to a server.</summary>
public sealed class FoundConfigurationTests : KubeconfigWorld
{
    [Fact]
    public async Task Several_files_of_KUBECONFIG_are_merged()
    {
        Home.Write("clusters/ca.pem", Authority.Pem);
        var clusters = Home.Write(
            "clusters/config", $"clusters: [{{name: c, cluster: {{server: '{Api.Url}', certificate-authority: ca.pem}}}}]\nusers:\n");
        Home.Write("users/token", "from-the-file");
        var users = Home.Write(
            "users/config", "current-context: ''\nusers: [{name: u, user: {tokenFile: token}}, {name: nobody, user: }]\ncontexts: null\n");
        var contexts = Home.Write("config",
            "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}, {name: anonymous, context: {cluster: c, user: "
            + "nobody}}]");
        Home.Environment["KUBECONFIG"] = string.Join(
            Path.PathSeparator, Home.PathOf("missing"), "", clusters, users, Home.PathOf("missing too"), contexts);
        Assert.Equal("from-the-file", (await AskAsync(Home.Find())).Token);
        Assert.Null((await AskAsync(Home.Find(context: "anonymous"))).Token);
    }

    [Fact]
    public async Task A_pod_uses_its_service_account()
    {
        Home.Environment["KUBERNETES_SERVICE_HOST"] = "127.0.0.1";
        Home.Environment["KUBERNETES_SERVICE_PORT"] = Api.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Home.Write("sa/token", "pod-token\n");
        Home.Write("sa/ca.crt", Authority.Pem);
        Home.Write("sa/namespace", "images");
        var call = await AskAsync(Home.Find());
        Assert.Equal("pod-token", call.Token);
        Assert.Contains("/namespaces/images/", call.Path, StringComparison.Ordinal);
    }
}
