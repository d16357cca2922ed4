using System.Security.Cryptography;
using System.Text;

namespace ImageTagOperator.Kubernetes.Authorization;

/// <summary>Asks the API server who the bearer of a token is (TokenReview) and whether they can read a path (SubjectAccessReview), as its
/// own components do. Answers are cached for a minute, and callers with the same token share a review.</summary>
public sealed class AccessReviewer : IDisposable
{
    /// <summary>More than the clients that scrape one operator. Beyond it, the oldest answers are dropped.</summary>
    private const int MaxAnswers = 128;

    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(1);

    private readonly IKubernetesClient client;
    private readonly TimeProvider time;
    private readonly Queue<Answer> answers = new();

    /// <summary>Limits the requests that made-up tokens cause at the API server. A few, so that one slow review blocks no others.</summary>
    private readonly SemaphoreSlim slots = new(4);

    internal AccessReviewer(IKubernetesClient client, TimeProvider time) => (this.client, this.time) = (client, time);

    /// <summary>Whether the bearer can <c>get</c> the path. Throws like <see cref="IKubernetesClient"/> when the API server does not
    /// answer.</summary>
    public async Task<Access> ReviewAsync(string token, string path, CancellationToken cancellationToken)
    {
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{path} {token}")));
        if (Find(key) is { } known) return await known.WaitAsync(cancellationToken);
        await slots.WaitAsync(cancellationToken);
        try
        {
            // Not with the caller's token: a caller that leaves must not free the slot of a review that goes on.
            return await FindOrStart(key, token, path);
        }
        finally
        {
            slots.Release();
        }
    }

    public void Dispose() => slots.Dispose();

    /// <summary>A review of the last minute, or one that is under way. A failed one is no answer.</summary>
    private Task<Access>? Find(string key)
    {
        lock (answers)
        {
            var now = time.GetTimestamp();
            while (answers.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, now) >= Validity) answers.Dequeue();
            return answers.FirstOrDefault(answer => answer.Key == key && !answer.Access.IsFaulted && !answer.Access.IsCanceled)?.Access;
        }
    }

    private Task<Access> FindOrStart(string key, string token, string path)
    {
        lock (answers)
        {
            if (Find(key) is { } known) return known;
            var at = time.GetTimestamp();
            var review = RequestReviewAsync(token, path);
            if (answers.Count == MaxAnswers) answers.Dequeue();
            answers.Enqueue(new(key, review, at));
            return review;
        }
    }

    /// <summary>The client's timeout ends it.</summary>
    private async Task<Access> RequestReviewAsync(string token, string path)
    {
        await Task.Yield();     // not under the lock
        var who = await client.CreateAsync(new V1TokenReview { Metadata = new(), Spec = new() { Token = token } }, CancellationToken.None);
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
            CancellationToken.None);
        return may.Status?.Allowed == true ? Access.Allowed : Access.Forbidden;
    }

    private sealed record Answer(string Key, Task<Access> Access, long At);
}
