using ImageTagOperator.OpenStack.Configuration;

namespace ImageTagOperator.Contracts;

/// <summary>A user whose tokens can be revoked while the user still exists.</summary>
public interface IRevocableUser : IAsyncDisposable
{
    CloudConfiguration Cloud { get; }

    /// <summary>Revokes all tokens. Tokens that are issued afterwards are valid.</summary>
    Task RevokeAsync();
}
