using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>Runs an exec plugin when there is no credential, when it has expired, or when the server rejected it. The plugin's standard
/// error is passed through; its standard output is a secret and never shown.</summary>
internal sealed class ExecCredentials(ExecPlugin plugin) : CredentialSource, IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>How long before its expiry a credential is replaced.</summary>
    private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(10);

    private sealed record Answer(Credential Credential, DateTimeOffset? Expires);

    private readonly SemaphoreSlim single = new(1);
    private volatile Answer? last;

    public override Credential Current => last?.Credential ?? Credential.None;

    public override async ValueTask<Credential> GetAsync(TimeProvider time, bool rejected, CancellationToken cancellationToken)
    {
        var before = last;
        if (!rejected && IsFresh(before, time)) return before!.Credential;
        await single.WaitAsync(cancellationToken);
        try
        {
            // Many requests can wait here; the first one fetches for all.
            if (ReferenceEquals(before, last) || !IsFresh(last, time)) last = Parse(await RunAsync(time, cancellationToken));
            return last!.Credential;
        }
        finally
        {
            single.Release();
        }
    }

    public void Dispose() => single.Dispose();

    private static bool IsFresh(Answer? answer, TimeProvider time) =>
        answer is not null && !(answer.Expires - RenewBefore <= time.GetUtcNow());

    private async Task<string> RunAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(plugin.Command, plugin.Arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in plugin.Variables) start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = plugin.Info.ToJsonString();
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0 ? output : throw Error(
                $"{plugin.Command} ended with exit code {process.ExitCode}; what it printed on standard error is above. "
                + "Try it by hand with KUBERNETES_EXEC_INFO set");
        }
        catch (Win32Exception error)
        {
            throw Error(
                $"cannot run {plugin.Command}: {error.Message}. "
                + $"{plugin.InstallHint?.Trim().TrimEnd('.') ?? "Install it, or put it into PATH"}", error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            if (cancellationToken.IsCancellationRequested) throw;
            throw Error($"{plugin.Command} did not end within {Timeout.TotalSeconds} s");
        }
    }

    private Answer Parse(string output)
    {
        try
        {
            var credential = JsonNode.Parse(output);
            var status = credential?["status"] ?? throw Error($"{plugin.Command} printed an ExecCredential without a status");
            if (credential["apiVersion"]?.GetValue<string>() != plugin.ApiVersion)
            {
                throw Error($"{plugin.Command} did not answer with {plugin.ApiVersion}, which it was asked for");
            }

            var token = status["token"]?.GetValue<string>();
            var certificate = status["clientCertificateData"]?.GetValue<string>();
            var key = status["clientKeyData"]?.GetValue<string>();
            if (token is null && (certificate is null || key is null))
            {
                throw Error($"{plugin.Command} gave neither a token nor a client certificate with its key");
            }

            var pair = certificate is null ? null : ClientCertificate.Read(certificate, key!);
            return new(new Credential(token, pair), status["expirationTimestamp"]?.GetValue<DateTimeOffset>());
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or CryptographicException)
        {
            // Do not include the inner message: a parser may quote what it did not understand.
            throw Error($"{plugin.Command} did not print a usable ExecCredential");
        }
    }

    private KubernetesConfigurationException Error(string problem, Exception? inner = null) => new($"{plugin.Origin}: {problem}.", inner);
}
