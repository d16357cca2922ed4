using ImageTagOperator.Tests;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(WaitingFirst))]

namespace ImageTagOperator.Tests;

/// <summary>Scenarios begin first: some wait for a minute, and would be all that is left in the end.</summary>
public sealed class WaitingFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection => collection.TestCollectionDisplayName.Contains(".Scenarios.", StringComparison.Ordinal))];
}
