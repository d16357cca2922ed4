using System.Reflection;
using ImageTagOperator.Limits;
using Xunit;
using Xunit.v3;

[assembly: TestFramework(typeof(LimitedTestFramework))]

namespace ImageTagOperator.Limits;

/// <summary>xunit with a timeout for each test: a test that hangs fails by name, and the others still run.</summary>
public sealed class LimitedTestFramework(string? configFilePath) : XunitTestFramework(configFilePath)
{
    private readonly string? configFilePath = configFilePath;

    public LimitedTestFramework() : this(null)
    {
    }

    protected override ITestFrameworkDiscoverer CreateDiscoverer(Assembly assembly) =>
        new LimitedDiscoverer(new XunitTestAssembly(assembly, configFilePath, assemblyName: null));
}
