using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace ImageTagOperator.Limits;

/// <summary>Gives every test a timeout, unless it has its own.</summary>
internal sealed class LimitedDiscoverer(IXunitTestAssembly assembly) : XunitTestFrameworkDiscoverer(assembly)
{
    // Far longer than the slowest test takes on a busy machine. It ends a test that hangs.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    protected override ValueTask<bool> FindTestsForMethod(
        IXunitTestMethod testMethod, ITestFrameworkDiscoveryOptions discoveryOptions, Func<ITestCase, ValueTask<bool>> discoveryCallback)
    {
        foreach (var fact in testMethod.FactAttributes.OfType<FactAttribute>().Where(fact => fact.Timeout == 0))
            fact.Timeout = (int)Limit.TotalMilliseconds;
        return base.FindTestsForMethod(testMethod, discoveryOptions, discoveryCallback);
    }
}
