using System.Text.Json;
using System.Text.Json.Serialization;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Http;
using MlOps.Google.Retry;

namespace MlOps.Google.Cloud;

/// <summary>What a local cloud says of itself at <c>GET /mlops/cloud</c>: its instance and the addresses of its two ports.</summary>
public sealed record LocalCloudAddress(
    [property: JsonRequired] string Instance,
    [property: JsonRequired] Uri Http,
    [property: JsonRequired] Uri Grpc)
{
    /// <summary>The path at which it says so.</summary>
    public const string Path = "/mlops/cloud";

    /// <summary>A cloud on this machine answers within a few seconds or is not there.</summary>
    private static RetryPolicy Brief { get; } = new() { Attempts = 4, AttemptTimeout = TimeSpan.FromSeconds(20) };

    /// <summary>Asks the local cloud at an address. Its host is kept as we know it: from inside a container it has another name than it knows itself by.</summary>
    /// <exception cref="CloudException">Nobody is there, or it is no local cloud.</exception>
    public static async Task<LocalCloudAddress> AskAsync(Uri http, CancellationToken cancel, RetryPolicy? retry = null)
    {
        var host = new ServiceHost(http.Authority, http);
        using var response = await new HttpTransport(retry ?? Brief).SendAsync(host, () => new HttpRequestMessage(HttpMethod.Get, new Uri(http, Path)), 64 * 1024, cancel);
        var told = response.IsSuccessStatusCode ? Read(await response.Content.ReadAsByteArrayAsync(cancel)) : null;
        return told is null
            ? throw new CloudException(StatusCode.NotFound, host.Name, $"{host} is not a local cloud: GET {Path} answered {(int)response.StatusCode}. 'mlops cloud status' prints the right address.")
            : told with { Http = new Uri(http, "/"), Grpc = new UriBuilder(told.Grpc.Scheme, http.Host, told.Grpc.Port).Uri };
    }

    public GcpEndpoint Endpoint() => GcpEndpoint.Local(Http, Grpc);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CloudJson.Default.LocalCloudAddress);

    private static LocalCloudAddress? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, CloudJson.Default.LocalCloudAddress);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LocalCloudAddress))]
internal sealed partial class CloudJson : JsonSerializerContext;
