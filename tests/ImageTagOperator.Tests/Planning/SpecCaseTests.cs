using System.Text.Json;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

/// <summary>The operator rejects everything that the schema rejects, and more.</summary>
public sealed class SpecCaseTests
{
    public static TheoryData<SpecCase> All => SpecCase.All;

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void The_operator_names_the_invalid_field(SpecCase what)
    {
        var problem = CloudRules.Check(what.Spec().Deserialize(ImageTagSetJson.Default.ImageTagSetSpec)!);
        if (what.Field is null) Assert.Null(problem?.Message);
        else Assert.StartsWith(what.Field, Assert.IsType<Problem>(problem).Message, StringComparison.Ordinal);
    }
}
