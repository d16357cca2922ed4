using System.Net;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>The body of a write. Its serialization is the last code that runs before the write is sent, so the leader check is here: after
/// an earlier check, a login, a new connection or a frozen process could delay the write until the lease has expired.</summary>
internal sealed class WriteContent(byte[] body, Func<bool> mayWrite) : HttpContent
{
    /// <summary>Whether the write was stopped: not even its headers were sent.</summary>
    public bool IsWithheld { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        IsWithheld = !mayWrite();
        return IsWithheld ? Task.FromCanceled(new CancellationToken(true)) : stream.WriteAsync(body).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
