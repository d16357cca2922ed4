namespace ImageTagOperator.OpenStack;

/// <summary>Reads of an answer what there is room for, whatever its head says of its length.</summary>
internal static class BoundedBody
{
    private const int Chunk = 16 * 1024;

    /// <returns>The first <paramref name="most"/> bytes, or all if there are fewer.</returns>
    public static async Task<byte[]> ReadAsync(HttpContent content, int most, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[Chunk];
        while (body.Length < most)
        {
            var room = (int)Math.Min(buffer.Length, most - body.Length);
            var read = await stream.ReadAsync(buffer.AsMemory(0, room), cancellationToken);
            if (read == 0) break;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}
