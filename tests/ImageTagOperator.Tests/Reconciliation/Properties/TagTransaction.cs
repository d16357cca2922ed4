namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>A tag's PUT or DELETE as Glance carries it out: load the image, compare what is stored with what it should be, write the
/// difference. Nothing keeps others out between the steps.</summary>
internal sealed class TagTransaction(ModelImage image, string tag, bool adds)
{
    private HashSet<string> wanted = [];
    private HashSet<string> stored = [];

    /// <summary>False: 404.</summary>
    public bool Load()
    {
        wanted = [.. image.Rows];
        return adds ? wanted.Add(tag) || true : wanted.Remove(tag);
    }

    public void Compare() => stored = [.. image.Rows];

    /// <summary>The status. A tag that somebody else added since the look comes a second time; one that is stored twice cannot be
    /// deleted.</summary>
    public int Save()
    {
        image.Rows.AddRange(wanted.Except(stored));
        foreach (var gone in stored.Except(wanted))
        {
            var rows = image.Rows.Count(row => row == gone);
            if (rows != 1) return rows == 0 ? 404 : 500;
            image.Rows.Remove(gone);
        }

        return 204;
    }

    /// <summary>All steps with nobody in between.</summary>
    public void Run()
    {
        if (!Load()) return;
        Compare();
        Save();
    }
}
