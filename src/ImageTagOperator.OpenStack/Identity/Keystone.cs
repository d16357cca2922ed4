using System.Text.Json;
using ImageTagOperator.OpenStack.Answers;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;

namespace ImageTagOperator.OpenStack.Identity;

/// <summary>The token of one cloud. Concurrent callers share one login, and the token is renewed shortly before it expires.</summary>
internal sealed class Keystone(CloudConfiguration cloud, CloudHttp http, TimeProvider time)
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(2);

    /// <summary>How long a rejected login is not retried: Keystone may lock an account after a few failures.</summary>
    private static readonly TimeSpan RejectionLifetime = TimeSpan.FromSeconds(30);

    /// <summary>The most bytes of a token response, which is mostly the catalog (some 20 kB).</summary>
    private const int MaxTokenBytes = 1 << 20;

    private readonly Lock gate = new();
    private Token? current;
    private Task<Token>? login;

    /// <summary>The address has answered as a Keystone before, so an unexpected answer does not mean that the address is wrong.</summary>
    private volatile bool hasAnswered;
    private (CloudException Error, DateTimeOffset Until)? rejection;

    /// <exception cref="CloudException">Transient or CredentialsRejected.</exception>
    public Task<Token> GetTokenAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (current is { } token && token.LifeLeft(time) > RenewBefore) return Task.FromResult(token);
            if (rejection is { } refused && time.GetUtcNow() < refused.Until) return Task.FromException<Token>(refused.Error);
            // The login is shared: a caller that gives up must not cancel it for the others.
            if (login is null or { IsCompleted: true }) login = LoginAsync();
            return login.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Drops a token that the cloud rejected with 401, so that the next caller logs in again.</summary>
    public void Discard(Token token)
    {
        lock (gate)
        {
            if (ReferenceEquals(current, token)) current = null;
        }
    }

    private async Task<Token> LoginAsync()
    {
        await Task.Yield();     // not under the caller's lock
        try
        {
            var token = await RequestTokenAsync();
            hasAnswered = true;
            http.RecordLogin(cloud.AuthUrl, "success");
            return token;
        }
        catch (CloudException e) when (e.IsUnexpectedContent && !hasAnswered)
        {
            http.RecordLogin(cloud.AuthUrl, "failed");
            throw new CloudException(CloudErrorKind.AuthUrlWrong,
                $"{e.Message.TrimEnd('.')}. There may be no Keystone v3 at {cloud.AuthUrl}: correct 'auth_url' in clouds.yaml.", inner: e);
        }
        catch (CloudException e)
        {
            http.RecordLogin(cloud.AuthUrl, e.Kind == CloudErrorKind.CredentialsRejected ? "rejected" : "failed");
            throw;
        }
    }

    private async Task<Token> RequestTokenAsync()
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(TokenRequest.For(cloud), CloudJson.Default.TokenRequest);
        CloudResponse response;
        var asked = time.GetTimestamp();
        try
        {
            response = await http.SendAsync(
                HttpMethod.Post, cloud.AuthUrl.AbsoluteUri.TrimEnd('/') + "/auth/tokens", token: null, body, CancellationToken.None);
        }
        catch (CloudCallException e)
        {
            throw new CloudException(e.Kind, $"Keystone of {cloud} cannot be reached: {e.Message}", e.RetryAfter, e);
        }

        // Keystone's 404 means an unknown application credential or token. A 404 page of a proxy says nothing about the credentials.
        var unknown = response is { Status: 404, IsJson: true } && cloud.Credential is ApplicationCredential or TokenCredential;
        if (response.Status == 401 || unknown) throw Reject(response);
        if (!response.IsSuccess) throw Failed(response);
        if (response.SubjectToken is not { Length: > 0 } id)
        {
            // Possibly the welcome page of a proxy, which says nothing about the credentials.
            throw new CloudException(CloudErrorKind.Transient,
                $"{response.Describe()}: this is not how Keystone answers, there is no X-Subject-Token")
            {
                IsUnexpectedContent = !response.IsJson,
            };
        }

        http.Secrets.AddToken(id);
        if (response.Body.Length > MaxTokenBytes) throw response.TooLarge($"a token longer than {MaxTokenBytes >> 20} MiB");
        if (response.Read(CloudJson.Default.TokenResponse).Token is not { } answer) throw response.Unreadable("no token");
        if (answer is { Project: null, Domain: null, System: null })
        {
            // Glance shows no images to an unscoped token, and that must not look like an empty cloud.
            throw new CloudException(CloudErrorKind.CredentialsRejected,
                $"Keystone of {cloud} gives {cloud.Credential.Description} a token without a project. Name the project in clouds.yaml, "
                    + "and give the user a role in it.");
        }

        var token = new Token(id, asked, answer.ExpiresAt - (answer.IssuedAt ?? response.Date ?? time.GetUtcNow()),
            [.. (answer.Catalog ?? []).OfType<CatalogService>().Where(static service => service.Type == "image")], answer.ProjectId,
            answer.Identity);
        lock (gate)
        {
            current = token;
            rejection = null;
        }

        return token;
    }

    private string Remedy => cloud.Credential switch
    {
        ApplicationCredential => "It may have expired, or it was deleted: 'openstack application credential list', as its user, shows it. "
            + "Correct it in clouds.yaml, or put a new one there.",
        TokenCredential => "A token expires after some hours. Put a new one into clouds.yaml, or better an application credential.",
        _ => "Correct the credentials in clouds.yaml.",
    };

    private CloudException Failed(CloudResponse response)
    {
        var error = response.ToException(CloudStep.Login);
        var remedy = error.Kind switch
        {
            CloudErrorKind.AuthUrlWrong => $". There is no Keystone v3 at {cloud.AuthUrl}: correct 'auth_url' in clouds.yaml.",
            CloudErrorKind.LoginIncomplete =>
                ". Keystone does not understand this login: give user, project and their domains in 'auth' of clouds.yaml.",
            _ => null,
        };
        return remedy is null ? error : new CloudException(error.Kind, response.Describe().TrimEnd('.') + remedy, error.RetryAfter);
    }

    private CloudException Reject(CloudResponse response)
    {
        var error = new CloudException(
            CloudErrorKind.CredentialsRejected,
            $"Keystone of {cloud} refuses {cloud.Credential.Description} ({response.Describe()}). {Remedy}");
        lock (gate) rejection = (error, time.GetUtcNow() + RejectionLifetime);
        return error;
    }
}
