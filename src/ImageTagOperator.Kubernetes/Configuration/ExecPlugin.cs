using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>A program that prints an ExecCredential (client.authentication.k8s.io), as a kubeconfig describes it.</summary>
/// <param name="Info">The content of KUBERNETES_EXEC_INFO.</param>
internal sealed record ExecPlugin(
    string Origin,
    string ApiVersion,
    string Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<(string Name, string Value)> Variables,
    string? InstallHint,
    JsonObject Info)
{
    public static ExecPlugin From(KubeconfigEntry exec, KubeconfigEntry cluster)
    {
        var version = exec.Required("apiVersion");
        if (version is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
        {
            throw exec.Error($"apiVersion {version} is not supported: use client.authentication.k8s.io/v1");
        }

        RequireNoTerminal(exec);
        var spec = new JsonObject { ["interactive"] = false };
        if (exec.Flag("provideClusterInfo")) spec["cluster"] = ClusterInfo(cluster);
        var command = exec.Required("command");
        // A bare name is looked up in PATH; a name with a folder is relative to the kubeconfig.
        if (command.Contains('/', StringComparison.Ordinal)) command = exec.PathOf("command")!;
        return new(
            exec.Origin,
            version,
            command,
            [.. exec.List("args").Select(argument => argument?.ToString() ?? "")],
            [.. exec.List("env").Select(variable => Variable(exec, variable))],
            exec.Text("installHint"),
            new JsonObject { ["apiVersion"] = version, ["kind"] = "ExecCredential", ["spec"] = spec });
    }

    private static void RequireNoTerminal(KubeconfigEntry exec)
    {
        switch (exec.Text("interactiveMode"))
        {
            case null or "Never" or "IfAvailable":
                return;
            case "Always":
                throw exec.Error("interactiveMode Always needs a terminal, and an operator has none. Use another user");
            default:
                throw exec.Error("interactiveMode must be Never, IfAvailable or Always");
        }
    }

    private static (string Name, string Value) Variable(KubeconfigEntry exec, JsonNode? variable) =>
        variable is JsonObject pair && pair["name"]?.ToString() is { Length: > 0 } name
            ? (name, pair["value"]?.ToString() ?? "")
            : throw exec.Error("an entry of env has no name");

    private static JsonObject ClusterInfo(KubeconfigEntry cluster)
    {
        var info = new JsonObject { ["server"] = cluster.Required("server") };
        if (cluster.Text("tls-server-name") is { } name) info["tls-server-name"] = name;
        if (cluster.Flag("insecure-skip-tls-verify")) info["insecure-skip-tls-verify"] = true;
        if (cluster.Text("proxy-url") is { } proxy) info["proxy-url"] = proxy;
        if (cluster.Flag("disable-compression")) info["disable-compression"] = true;
        if (cluster.Extension("client.authentication.k8s.io/exec") is { } config) info["config"] = config.DeepClone();
        if (cluster.Pem("certificate-authority") is not { } pem) return info;
        info["certificate-authority-data"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(pem));
        return info;
    }
}
