namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>A token in a file that is rotated, for example by the kubelet. Read again every minute and after a 401.</summary>
internal sealed class TokenFileCredentials(string path, string origin, ClientCertificate? certificate) : CredentialSource
{
    private static readonly TimeSpan MaximumAge = TimeSpan.FromMinutes(1);

    private sealed record Reading(Credential Credential, long At);

    private volatile Reading? last;

    public override Credential Current => last?.Credential ?? Credential.None;

    public override async ValueTask<Credential> GetAsync(TimeProvider time, bool rejected, CancellationToken cancellationToken)
    {
        if (!rejected && last is { } reading && time.GetElapsedTime(reading.At) < MaximumAge) return reading.Credential;
        var token = await ReadAsync(cancellationToken);
        var credential = new Credential(token, certificate);
        last = new(credential, time.GetTimestamp());
        return credential;
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var token = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
            return token.Length > 0 ? token : throw new KubernetesConfigurationException($"{origin}: the token file {path} is empty.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigurationException($"{origin}: cannot read the token file {path}: {error.Message}", error);
        }
    }
}
