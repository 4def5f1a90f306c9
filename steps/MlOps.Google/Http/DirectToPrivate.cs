using System.Net;

namespace MlOps.Google.Http;

/// <summary>The machine's proxy, except for the local cloud: loopback and private addresses are reached directly.</summary>
internal sealed class DirectToPrivate : IWebProxy
{
    public ICredentials? Credentials
    {
        get => HttpClient.DefaultProxy.Credentials;
        set => HttpClient.DefaultProxy.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : HttpClient.DefaultProxy.GetProxy(destination);

    public bool IsBypassed(Uri host) =>
        host.IsLoopback || (IPAddress.TryParse(host.Host.Trim('[', ']'), out var address) && PrivateAddress.Is(address)) || HttpClient.DefaultProxy.IsBypassed(host);
}
