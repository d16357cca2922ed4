using ImageTagOperator.Tests;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(WaitingFirst))]

namespace ImageTagOperator.Tests;

/// <summary>Starts the slowest tests first. Otherwise they would run alone at the end.</summary>
public sealed class WaitingFirst : ITestCollectionOrderer
{
    private static readonly string[] Waiting = [".Faults.", ".Scenarios.", ".KillPointTests"];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(
            collection => Waiting.Any(name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)))];
}
