namespace ImageTagOperator.OpenStack.Http;

/// <summary>Reads a body up to a limit, whatever its Content-Length says.</summary>
internal static class BoundedBody
{
    /// <summary>How many bytes are read without a permit.</summary>
    public const int Small = 256 * 1024;

    private const int Chunk = 16 * 1024;

    /// <param name="acquireLarge">Acquires a permit to read more than <see cref="Small"/>; null when none is needed.</param>
    /// <returns>The first <paramref name="most"/> bytes, or all if there are fewer.</returns>
    public static async Task<byte[]> ReadAsync(
        HttpContent content, int most, CancellationToken cancellationToken, Func<Task<IDisposable>>? acquireLarge = null)
    {
        using var permit = new Permit();
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[Chunk];
        while (body.Length < most)
        {
            if (acquireLarge is not null && body.Length >= Small) permit.Acquired ??= await acquireLarge();
            var room = (int)Math.Min(buffer.Length, most - body.Length);
            var read = await stream.ReadAsync(buffer.AsMemory(0, room), cancellationToken);
            if (read == 0) break;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private sealed class Permit : IDisposable
    {
        public IDisposable? Acquired { get; set; }

        public void Dispose() => Acquired?.Dispose();
    }
}
