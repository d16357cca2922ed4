using System.Security.Cryptography;
using System.Text;

namespace ImageTagOperator.Kubernetes.Authorization;

/// <summary>Asks the API server who the bearer of a token is (TokenReview) and whether they can read a path (SubjectAccessReview), as its
/// own components do. Answers are cached for a minute.</summary>
public sealed class AccessReviewer : IDisposable
{
    /// <summary>More than the clients that scrape one operator. Beyond it, the oldest answers are dropped.</summary>
    private const int MaxAnswers = 128;

    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(1);

    private readonly IKubernetesClient client;
    private readonly TimeProvider time;
    private readonly Queue<Answer> answers = new();

    /// <summary>One review at a time limits the requests that made-up tokens cause at the API server.</summary>
    private readonly SemaphoreSlim turn = new(1);

    internal AccessReviewer(IKubernetesClient client, TimeProvider time) => (this.client, this.time) = (client, time);

    /// <summary>Whether the bearer can <c>get</c> the path. Throws like <see cref="IKubernetesClient"/> when the API server does not
    /// answer.</summary>
    public async Task<Access> ReviewAsync(string token, string path, CancellationToken cancellationToken)
    {
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{path} {token}")));
        await turn.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetTimestamp();
            while (answers.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, now) >= Validity) answers.Dequeue();
            if (answers.FirstOrDefault(answer => answer.Key == key) is { } known) return known.Access;
            var access = await RequestReviewAsync(token, path, cancellationToken);
            if (answers.Count == MaxAnswers) answers.Dequeue();
            answers.Enqueue(new(key, access, now));
            return access;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task<Access> RequestReviewAsync(string token, string path, CancellationToken cancellationToken)
    {
        var who = await client.CreateAsync(new V1TokenReview { Metadata = new(), Spec = new() { Token = token } }, cancellationToken);
        if (who.Status is not { Authenticated: true, User: { } user }) return Access.Unauthenticated;
        var may = await client.CreateAsync(
            new V1SubjectAccessReview
            {
                Metadata = new(),
                Spec = new()
                {
                    User = user.Username, Uid = user.Uid, Groups = user.Groups, Extra = user.Extra,
                    NonResourceAttributes = new() { Path = path, Verb = "get" },
                },
            },
            cancellationToken);
        return may.Status?.Allowed == true ? Access.Allowed : Access.Forbidden;
    }

    private sealed record Answer(string Key, Access Access, long At);
}
