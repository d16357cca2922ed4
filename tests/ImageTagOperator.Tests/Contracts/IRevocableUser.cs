using ImageTagOperator.OpenStack.Configuration;

namespace ImageTagOperator.Contracts;

/// <summary>A user whose tokens can be made worthless while it goes on to exist.</summary>
public interface IRevocableUser : IAsyncDisposable
{
    CloudConfiguration Cloud { get; }

    /// <summary>Ends all tokens; when this is over, new ones are good.</summary>
    Task RevokeAsync();
}
