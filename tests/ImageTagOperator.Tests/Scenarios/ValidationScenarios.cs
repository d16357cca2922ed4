using ImageTagOperator.Contracts;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>What the definition's schema accepts and rejects, according to an API server.</summary>
public abstract class ValidationScenarios<TWorld>
    where TWorld : World, IWorldFactory
{
    [Fact]
    public async Task The_schema_rejects_invalid_specs_with_the_field_and_accepts_all_valid_ones()
    {
        await using var world = await TWorld.CreateAsync();
        using var client = new KubernetesClient(KubernetesClientConfiguration.Build(world.Kubeconfig), ContractJson.All, "scenario/1");
        var surprises = new List<string>();
        foreach (var (number, row) in SpecCase.All.Index())
        {
            var answer = await AnswerAsync(client, world.Namespace, $"case-{number}", row.Data);
            var expected = IsKnown(row.Data) ? row.Data.Field : null;
            if (expected is null ? answer is not null : answer?.Contains(expected, StringComparison.Ordinal) != true) surprises.Add(
                $"{row.Data}: {answer ?? "accepted"}");
        }

        Assert.True(surprises.Count == 0, string.Join('\n', surprises));
    }

    /// <summary>Whether an API server can reject it with this definition.</summary>
    protected virtual bool IsKnown(SpecCase what) => what.SchemaKnows;

    private static async Task<string?> AnswerAsync(KubernetesClient client, string @namespace, string name, SpecCase what)
    {
        try
        {
            await client.CreateAsync(new RawSet { Metadata = new() { Name = name, NamespaceProperty = @namespace }, Spec = what.Spec() },
                TestContext.Current.CancellationToken);
            return null;
        }
        catch (KubernetesException e)
        {
            return e.Message;
        }
    }
}
