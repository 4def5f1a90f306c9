using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Google.Cloud.SecretManager.V1;
using Grpc.Net.Client;
using MlOps.Core.Images;
using MlOps.LocalCloud.Tests.Kfp;
using MlOps.LocalCloud.Tests.Storage;

namespace MlOps.LocalCloud.Tests.Proxy;

public sealed class ConnectProxyTests(ProxiedCloud proxied) : IClassFixture<ProxiedCloud>
{
    private TestCloud Cloud => proxied.Cloud;

    [Fact]
    public async Task Googles_hosts_are_answered_by_the_local_cloud_over_TLS()
    {
        (await Cloud.PutAsync("hosts", "a b/c.txt", "text")).Ok();
        Assert.Equal("text", await proxied.Http.GetStringAsync("https://storage.googleapis.com/hosts/a%20b/c.txt", TestCloud.Cancel));
        Assert.Equal("text", await proxied.Http.GetStringAsync("https://hosts.storage.googleapis.com/a%20b/c.txt", TestCloud.Cancel));
        Assert.Equal("text", await proxied.Http.GetStringAsync("https://storage.googleapis.com/storage/v1/b/hosts/o/a%20b%2Fc.txt?alt=media", TestCloud.Cancel));
        var listed = await proxied.Http.GetStringAsync("https://artifactregistry.googleapis.com/v1/projects/p/locations/us-central1/repositories", TestCloud.Cancel);
        Assert.NotNull(JsonNode.Parse(listed));
        Assert.Equal(HttpStatusCode.NotImplemented, (await proxied.Http.GetAsync("https://compute.googleapis.com/compute/v1/projects/p/zones", TestCloud.Cancel)).StatusCode);
    }

    [Fact]
    public async Task GRPC_passes_by_HTTP2()
    {
        using var channel = GrpcChannel.ForAddress("https://secretmanager.googleapis.com", new() { HttpClient = new HttpClient(proxied.Handler()), DisposeHttpClient = true });
        var client = new SecretManagerService.SecretManagerServiceClient(channel);
        var made = await client.CreateSecretAsync(new() { Parent = "projects/p", SecretId = "through", Secret = new() { Replication = new() { Automatic = new() } } }, cancellationToken: TestCloud.Cancel);
        Assert.Equal("projects/p/secrets/through", made.Name);
    }

    [Fact]
    public async Task Images_are_pushed_and_read_by_Googles_names()
    {
        const string Registry = "https://us-central1-docker.pkg.dev";
        var blob = "layer"u8.ToArray();
        var begun = await proxied.Http.PostAsync($"{Registry}/v2/p/ml/i/blobs/uploads/", null, TestCloud.Cancel);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        var place = new Uri(new Uri(Registry), begun.Headers.Location!);
        Assert.StartsWith("/v2/p/ml/i/", place.AbsolutePath);
        using var content = new ByteArrayContent(blob);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var put = await proxied.Http.PutAsync($"{place}{(place.Query.Length > 0 ? "&" : "?")}digest={Digest.Of("layer")}", content, TestCloud.Cancel);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal("layer", await proxied.Http.GetStringAsync($"{Registry}/v2/p/ml/i/blobs/{Digest.Of("layer")}", TestCloud.Cancel));
        Assert.Equal("layer", (await Cloud.GetAsync($"/v2/us-central1/p/ml/i/blobs/{Digest.Of("layer")}")).Ok().Text);
        var mounted = await proxied.Http.PostAsync($"{Registry}/v2/p/ml/other/blobs/uploads/?mount={Digest.Of("layer")}&from=p/ml/i", null, TestCloud.Cancel);
        Assert.Equal(HttpStatusCode.Created, mounted.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await proxied.Http.GetAsync("https://gcr.io/v2/", TestCloud.Cancel)).StatusCode);
    }

    [Fact]
    public async Task Templates_are_found_by_Googles_names()
    {
        var name = (await Cloud.UploadAsync("named", KfpCalls.Pipeline("p"), "v1")).Ok().Text;
        Assert.Contains("pipelineInfo", await proxied.Http.GetStringAsync($"https://us-central1-kfp.pkg.dev/local/named/{name}", TestCloud.Cancel));
    }

    [Fact]
    public async Task Any_other_host_is_refused_and_told_why()
    {
        var answer = await AskAsync("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403 Forbidden\r\n", answer);
        Assert.Contains("passes nothing on to example.com:443", answer);
        Assert.StartsWith("HTTP/1.1 403 ", await AskAsync("CONNECT evilgoogleapis.com:443 HTTP/1.1\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 403 ", await AskAsync("CONNECT 127.0.0.1:22 HTTP/1.1\r\n\r\n"));
        var plain = await proxied.Http.GetAsync("http://example.com/", TestCloud.Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, plain.StatusCode);
        Assert.Contains("example.com", await plain.Content.ReadAsStringAsync(TestCloud.Cancel));
    }

    /// <summary>gcloud sends what is for an endpoint override through its proxy too, as an absolute address.</summary>
    [Fact]
    public async Task Requests_for_the_cloud_itself_pass()
    {
        (await Cloud.PutAsync("itself", "o", "text")).Ok();
        Assert.Equal("text", await AskAsync($"GET {Cloud.Owner.Http}itself/o HTTP/1.1\r\nHost: {Cloud.Owner.Http.Authority}\r\nConnection: close\r\n\r\n", bodyOnly: true));
        Assert.Equal("text", await AskAsync($"GET {Cloud.Owner.Http}storage/v1/b/itself/o/o?alt=media HTTP/1.1\r\nHost: {Cloud.Owner.Http.Authority}\r\nConnection: close\r\n\r\n", bodyOnly: true));
        var tunnel = await AskAsync($"CONNECT {Cloud.Owner.Http.Authority} HTTP/1.1\r\n\r\nGET /itself/o HTTP/1.1\r\nHost: {Cloud.Owner.Http.Authority}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK", tunnel);
        Assert.EndsWith("text", tunnel);
    }

    [Fact]
    public async Task A_head_may_come_in_pieces()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Cloud.Owner.Proxy!.Port, TestCloud.Cancel);
        client.NoDelay = true;
        foreach (var piece in new[] { "CON", "NECT example.com:443 HTTP/1.1\r\nHost: x\r\n", "\r", "\n" })
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(piece), TestCloud.Cancel);
            await client.GetStream().FlushAsync(TestCloud.Cancel);
        }

        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("HTTP/1.1 403 Forbidden", await reader.ReadLineAsync(TestCloud.Cancel));
    }

    private async Task<string> AskAsync(string request, bool bodyOnly = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Cloud.Owner.Proxy!.Port, TestCloud.Cancel);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestCloud.Cancel);
        using var reader = new StreamReader(client.GetStream());
        var answer = await reader.ReadToEndAsync(TestCloud.Cancel);
        return bodyOnly ? answer.Split("\r\n\r\n", 2)[1] : answer;
    }
}
