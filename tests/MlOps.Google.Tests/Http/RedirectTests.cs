using Microsoft.AspNetCore.Http;
using MlOps.Core.Images;
using MlOps.Google.Errors;
using MlOps.Google.Http;
using MlOps.Google.Registry;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Http;

public sealed class RedirectTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static byte[] Bytes { get; } = Content.Bytes(200_000);

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    public async Task A_blob_is_got_where_the_registry_sends_us_without_our_credential(int status)
    {
        await using var store = await TestServer.StartAsync(context => context.Response.Body.WriteAsync(Bytes, context.RequestAborted).AsTask());
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = new TokenGuard("ada", "password").PassAsync;
        registry.Server.Next(request => request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal) && request.Headers.Authorization.Count > 0, Fault.Redirect(status, new Uri($"http://store.example:{store.Address.Port}/bucket/blob?sig=x")));
        var client = Client(RegistryCredential.Basic("ada", "password"), ("store.example", store));

        Assert.Equal(Bytes, await client.ReadBlobAsync(registry.Image("p/r/i"), Content.Describe(Bytes), Cancel));
        Assert.Null(Assert.Single(store.Requests).Authorization);
        Assert.StartsWith("Bearer ", registry.Server.Requests[^1].Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_on_the_same_host_keeps_the_credential()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Guard = new TokenGuard("ada", "password").PassAsync;
        registry["p/r/moved"].Blobs[Digest.Of(Bytes).ToString()] = Bytes;
        registry.Server.Next(request => request.Headers.Authorization.Count > 0 && request.Path.Value!.Contains("/p/r/i/", StringComparison.Ordinal), Fault.Answer(307, headers: ("Location", $"/v2/p/r/i/../moved/blobs/{Digest.Of(Bytes)}")));
        var error = await Assert.ThrowsAsync<RegistryException>(() => Client(RegistryCredential.Basic("ada", "password")).ReadBlobAsync(registry.Image("p/r/i"), Content.Describe(Bytes), Cancel));
        Assert.Equal("UNAUTHORIZED", error.Code);
        Assert.StartsWith("Bearer ", registry.Server.Requests[^1].Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dropped_connection_to_the_other_host_is_taken_up_through_the_registry()
    {
        await using var store = await TestServer.StartAsync(context =>
        {
            var from = (int)(context.Request.GetTypedHeaders().Range?.Ranges.Single().From ?? 0);
            context.Response.StatusCode = from > 0 ? 206 : 200;
            return context.Response.Body.WriteAsync(Bytes.AsMemory(from), context.RequestAborted).AsTask();
        });
        store.Next("GET", "/", Fault.CutAnswer(50_000));
        await using var registry = await TestRegistry.StartAsync();
        var there = Fault.Redirect(307, new Uri($"http://store.example:{store.Address.Port}/blob"));
        registry.Server.Next("GET", "/blobs/", there);
        registry.Server.Next("GET", "/blobs/", there);

        Assert.Equal(Bytes, await Client(RegistryCredential.Anonymous, ("store.example", store)).ReadBlobAsync(registry.Image("p/r/i"), Content.Describe(Bytes), Cancel));
        Assert.Equal(2, store.Requests.Count);
    }

    [Theory]
    [InlineData("http://127.0.0.2:1/x")]
    [InlineData("http://10.1.2.3/x")]
    [InlineData("http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token")]
    [InlineData("http://internal.example/x")]
    [InlineData("http://localhost:1/x")]
    [InlineData("ftp://203.0.113.7/x")]
    public async Task A_redirect_to_a_private_address_is_not_followed(string to)
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Server.Next("GET", "/blobs/", Fault.Redirect(307, new Uri(to)));
        var error = await Assert.ThrowsAsync<CloudException>(() => Client(RegistryCredential.Anonymous).ReadBlobAsync(registry.Image("p/r/i"), Content.Describe(Bytes), Cancel));
        Assert.Contains("not followed", error.Message, StringComparison.Ordinal);
        Assert.Equal(registry.Host, error.Host);
    }

    [Fact]
    public async Task A_circle_of_redirects_ends()
    {
        await using var registry = await TestRegistry.StartAsync();
        for (var time = 0; time < 10; time++)
        {
            registry.Server.Next("GET", "/", Fault.Answer(302, headers: ("Location", "/v2/round")));
        }

        var error = await Assert.ThrowsAsync<CloudException>(() => Clients.Registry().PingAsync(registry.Host, Cancel));
        Assert.Contains("redirects more than 5 times", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_with_tls_does_not_send_us_to_one_without()
    {
        var google = new ServiceHost("gcr.io", new Uri("https://gcr.io"));
        var error = await Assert.ThrowsAsync<CloudException>(() => Destination.CheckAsync(google, new Uri("http://203.0.113.7/"), "a redirect", Nowhere, Cancel));
        Assert.Contains("it leaves https", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Googles_names_over_tls_may_lead_into_a_private_network()
    {
        var google = new ServiceHost("us-docker.pkg.dev", new Uri("https://us-docker.pkg.dev"));
        Task<System.Net.IPAddress[]> Private(string host, CancellationToken cancel) => Task.FromResult<System.Net.IPAddress[]>([System.Net.IPAddress.Parse("10.0.0.1")]);
        await Destination.CheckAsync(google, new Uri("https://storage.googleapis.com/x"), "a redirect", Private, Cancel);
        await Assert.ThrowsAsync<CloudException>(() => Destination.CheckAsync(google, new Uri("https://googleapis.com.evil.example/x"), "a redirect", Private, Cancel));
    }

    private static Task<System.Net.IPAddress[]> Nowhere(string host, CancellationToken cancel) => Task.FromResult<System.Net.IPAddress[]>([]);

    private static RegistryClient Client(RegistryCredential credential, params (string, TestServer)[] names) =>
        new(GcpEndpoint.Google, RegistryCredentials.Fixed(credential), Clients.Named(Clients.Policy(), names));
}
