using System.Net;

namespace ImageTagOperator.Hosting;

/// <summary>The proxy of the environment, with the exceptions of <see cref="NoProxy"/>.</summary>
internal sealed class EnvironmentProxy(IWebProxy inner, NoProxy except) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => inner.Credentials;
        set => inner.Credentials = value;
    }

    /// <summary>Replaces .NET's default proxy for all connections of the process.</summary>
    public static void Use(Func<string, string?> variable)
    {
        if ((variable("no_proxy") ?? variable("NO_PROXY")) is { Length: > 0 } list) HttpClient.DefaultProxy = new EnvironmentProxy(
            HttpClient.DefaultProxy, new NoProxy(list));
    }

    public Uri? GetProxy(Uri destination) => except.Matches(destination) ? null : inner.GetProxy(destination);

    public bool IsBypassed(Uri host) => except.Matches(host) || inner.IsBypassed(host);
}
