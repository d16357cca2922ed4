using System.Security.Cryptography;
using System.Text;

namespace ImageTagOperator.Kubernetes.Authorization;

/// <summary>Asks the API server who the bearer of a token is (TokenReview), and whether they may read a path (SubjectAccessReview), as its
/// own components do for what they serve. An answer holds for a minute.</summary>
public sealed class AccessReviewer : IDisposable
{
    /// <summary>More than scrape one operator. Beyond it the oldest answers are asked for again.</summary>
    private const int MaxAnswers = 128;

    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(1);

    private readonly IKubernetesClient client;
    private readonly TimeProvider time;
    private readonly Queue<Answer> answers = new();

    /// <summary>One question at a time: whoever sends made-up tokens gets no more out of the API server than that.</summary>
    private readonly SemaphoreSlim turn = new(1);

    internal AccessReviewer(IKubernetesClient client, TimeProvider time) => (this.client, this.time) = (client, time);

    /// <summary>Whether the bearer may <c>get</c> the path. Throws as <see cref="IKubernetesClient"/> does when that cannot be
    /// asked.</summary>
    public async Task<Access> ReviewAsync(string token, string path, CancellationToken cancellationToken)
    {
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{path} {token}")));
        await turn.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetTimestamp();
            while (answers.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, now) >= Validity) answers.Dequeue();
            if (answers.FirstOrDefault(answer => answer.Key == key) is { } known) return known.Access;
            var access = await AskAsync(token, path, cancellationToken);
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

    private async Task<Access> AskAsync(string token, string path, CancellationToken cancellationToken)
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
