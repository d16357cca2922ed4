using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Images;

namespace ImageTagOperator.Contracts;

/// <summary>A session that shares nothing with others.</summary>
public static class TestSession
{
    public static CloudSession Of(
        CloudConfiguration cloud, TimeProvider? time = null, TimeSpan? deadline = null, Func<bool>? mayWrite = null) =>
        new CloudSessions(deadline is { } limit ? new CloudLimits { Deadline = limit } : new CloudLimits(), time ?? TimeProvider.System,
            mayWrite).Get(cloud);

    /// <summary>The current images with a name.</summary>
    public static async Task<IReadOnlyList<Image>> FindAsync(this CloudSession session, string name, CancellationToken cancellationToken) =>
        (await session.Images.ReadAsync(ImageTerm.Name(name), cancellationToken)).Images;
}
