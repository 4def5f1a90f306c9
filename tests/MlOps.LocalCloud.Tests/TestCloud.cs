using System.Text;
using System.Text.Json.Nodes;
using Grpc.Net.Client;
using MlOps.LocalCloud.Hosting;
using MlOps.Testing;

namespace MlOps.LocalCloud.Tests;

/// <summary>A cloud of a test class's own, with plain clients; it can be restarted on the same state.</summary>
public sealed class TestCloud : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private CloudHost? _host;

    public CloudHost Host => _host!;

    public LocalCloudOwner Owner { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public GrpcChannel Grpc { get; private set; } = null!;

    public LocalCloudOptions Options => new(Path.Combine(_folder.Path, "cloud")) { Gcloud = Gcloud };

    /// <summary>With the proxy for Google's hosts.</summary>
    public bool Gcloud { get; init; }

    public string StorageFolder => Path.Combine(Options.StateFolder, "storage");

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Clients of a cloud that runs elsewhere.</summary>
    public static TestCloud At(LocalCloudOwner owner)
    {
        var cloud = new TestCloud();
        cloud.Connect(owner);
        return cloud;
    }

    public async ValueTask InitializeAsync()
    {
        _host = await CloudHost.StartAsync(Options, Cancel);
        Connect(LocalCloudOwner.Find(Options.StateFolder)!);
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    /// <summary>Sends and reads the answer whole, whatever its status.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                (request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await Http.SendAsync(request, Cancel);
        var headersOf = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase);
        return new((int)response.StatusCode, headersOf, await response.Content.ReadAsByteArrayAsync(Cancel));
    }

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> PostAsync(string path, string json) => SendAsync(HttpMethod.Post, path, Json(json));

    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private void Connect(LocalCloudOwner owner)
    {
        Owner = owner;
        Http = new HttpClient { BaseAddress = owner.Http };
        Grpc = GrpcChannel.ForAddress(owner.Grpc);
    }

    private async Task StopAsync()
    {
        Http.Dispose();
        Grpc.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }
}

public sealed record Answer(int Status, Dictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    public string? this[string field] => Json[field]?.ToString();

    /// <summary>The answer, if it is a success.</summary>
    public Answer Ok()
    {
        Assert.True(Status is >= 200 and < 300, $"{Status}: {Text}");
        return this;
    }
}
