namespace ImageTagOperator.IntegrationTests;

/// <summary>The lines that a server appends to its log from now on.</summary>
internal sealed class ServerLog(string path)
{
    private readonly long start = File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>Whole lines, in order. The servers write a line just after the response, so this waits a moment for the last one.</summary>
    public async Task<string[]> LinesAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(start, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
