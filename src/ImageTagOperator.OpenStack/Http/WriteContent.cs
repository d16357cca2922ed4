using System.Net;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>The body of a write, and the last code that runs before the write goes out. A question asked any earlier is answered too
/// early: a login or a new connection comes in between, and a process that was frozen there would write with a lease of long ago.</summary>
internal sealed class WriteContent(byte[] body, Func<bool> mayWrite) : HttpContent
{
    /// <summary>The write was stopped here: not even its head has left.</summary>
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
