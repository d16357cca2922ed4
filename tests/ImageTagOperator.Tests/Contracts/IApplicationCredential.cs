namespace ImageTagOperator.Contracts;

/// <summary>An application credential of the user demo for the project demo, deleted on dispose.</summary>
public interface IApplicationCredential : IAsyncDisposable
{
    string Id { get; }

    string Name { get; }

    string Secret { get; }
}
