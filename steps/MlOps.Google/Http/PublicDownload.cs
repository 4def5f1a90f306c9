using MlOps.Google.Errors;
using MlOps.Google.Retry;

namespace MlOps.Google.Http;

/// <summary>A file that anybody may read: nothing that says who asks is sent, to the host or to one that it redirects to.</summary>
public sealed class PublicDownload
{
    private readonly HttpTransport _http;

    public PublicDownload(RetryPolicy policy)
        : this(new HttpTransport(policy))
    {
    }

    internal PublicDownload(HttpTransport http) => _http = http;

    /// <param name="address">HTTPS; plain HTTP of this machine only.</param>
    /// <param name="most">Bytes; a larger file is refused.</param>
    /// <param name="cancel">Ends the download.</param>
    /// <exception cref="CloudException">It is not there, too large, or the host cannot be reached.</exception>
    public async Task<byte[]> GetAsync(Uri address, long most, CancellationToken cancel)
    {
        var host = new ServiceHost(address.Authority, new Uri(address.GetLeftPart(UriPartial.Authority)));
        using var response = await _http.SendAsync(host, () => new HttpRequestMessage(HttpMethod.Get, address), most, cancel);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsByteArrayAsync(cancel)
            : throw new CloudException(CanonicalStatus.Of(response.StatusCode), host.Name, $"{host} answered {(int)response.StatusCode} {response.ReasonPhrase}");
    }
}
