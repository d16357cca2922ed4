namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>Who has a say on which image.</summary>
internal static class Claims
{
    /// <summary>In the order of age one is heard unless it, or one that was heard before, shares with nobody.</summary>
    public static int[] Heard(IReadOnlyDictionary<int, Declared> claiming)
    {
        var heard = new List<int>();
        foreach (var set in claiming.Keys.Order())
        {
            if (heard.Count == 0 || (!claiming[set].IsExact && !claiming[heard[0]].IsExact)) heard.Add(set);
        }

        return [.. heard];
    }
}
