using MlOps.Google.Registry;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Registry.Copy;

/// <summary>Each registry's credential goes to that registry and nowhere else, wherever a copy is sent to on its way.</summary>
public sealed class CopyCredentialTests
{
    private static readonly SampleIndex Sample = new(layerSize: 1_200_000);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Blobs_that_are_kept_elsewhere_and_uploads_that_go_elsewhere_take_no_credential_there()
    {
        await using var source = await TestRegistry.StartAsync();
        await using var target = await TestRegistry.StartAsync();
        await Sample.PushAsync(Clients.Registry(), source.Image("p/r/i"));
        await using var store = await TestServer.StartAsync(context => context.Response.Body.WriteAsync(source["p/r/i"].Blobs[context.Request.Path.Value![1..]], context.RequestAborted).AsTask());
        var (reads, writes) = (new TokenGuard("reader", "r-secret"), new TokenGuard("writer", "w-secret"));
        source.Guard = async context =>
        {
            if (!await reads.PassAsync(context))
            {
                return false;
            }

            var isBlob = context.Request.Method == "GET" && context.Request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal);
            context.Response.StatusCode = isBlob ? 307 : 200;
            context.Response.Headers.Location = isBlob ? $"http://store.example:{store.Address.Port}/{context.Request.Path.Value!.Split('/')[^1]}" : default;
            return !isBlob;
        };
        target.Elsewhere = new Uri($"http://uploads.example:{target.Server.Address.Port}/");
        target.Guard = context => context.Request.Host.Host == "uploads.example" ? Task.FromResult(true) : writes.PassAsync(context);
        var http = Clients.Named(Clients.Policy(), ("store.example", store), ("uploads.example", target.Server));
        RegistryClient Client(string user, string password) => new(GcpEndpoint.Google, RegistryCredentials.Fixed(RegistryCredential.Basic(user, password)), http);

        var result = await ImageCopy.RunAsync(Client("reader", "r-secret"), Client("writer", "w-secret"), source.Image("p/r/i").Pinned(Sample.Index.Digest), target.Image("q/i"), CopyOptions.Default, Cancel);
        Assert.Equal((6, 5), (result.Manifests, result.BlobsCopied));
        Assert.Equal(5, store.Requests.Count);
        Assert.All(store.Requests, request => Assert.Null(request.Authorization));
        var elsewhere = target.Server.Requests.Where(request => request.Headers["Host"].StartsWith("uploads.example", StringComparison.Ordinal)).ToList();
        Assert.InRange(elsewhere.Count, 5, 10);
        Assert.All(elsewhere, request => Assert.Null(request.Authorization));

        // Neither has seen the other's.
        Assert.DoesNotContain(target.Server.Requests, request => reads.Tokens.Any(token => request.Authorization?.Contains(token, StringComparison.Ordinal) is true));
        Assert.DoesNotContain(source.Server.Requests, request => writes.Tokens.Any(token => request.Authorization?.Contains(token, StringComparison.Ordinal) is true));
    }

    [Fact]
    public async Task A_mount_may_read_at_the_source_and_write_at_the_target_only()
    {
        await using var registry = await TestRegistry.StartAsync();
        await Sample.PushAsync(Clients.Registry(), registry.Image("p/dev/i"));
        registry.Guard = new TokenGuard("ada", "secret").PassAsync;
        var client = Clients.Registry(RegistryCredential.Basic("ada", "secret"));
        var result = await ImageCopy.RunAsync(client, client, registry.Image("p/dev/i").Pinned(Sample.Index.Digest), registry.Image("p/prod/i"), CopyOptions.Default, Cancel);
        Assert.Equal((5, 0L), (result.BlobsMounted, result.BytesSent));
        var scopes = registry.Server.Requests.Where(request => request.Path == "/token").Select(request => Uri.UnescapeDataString(request.Query)).ToList();
        Assert.Contains(scopes, scope => scope.EndsWith("&scope=repository:p/prod/i:pull,push&scope=repository:p/dev/i:pull", StringComparison.Ordinal));
        Assert.DoesNotContain(scopes, scope => scope.Contains("p/dev/i:pull,push", StringComparison.Ordinal));
    }
}
