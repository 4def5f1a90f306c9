using System.Text;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Storage;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Storage;

public sealed class StorageObjectTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a.txt")]
    [InlineData("folder/a b/ü&?#%2F+.json")]
    public async Task An_object_is_written_and_read_back_under_any_name(string name)
    {
        await using var storage = await TestStorage.StartAsync();
        var options = new UploadOptions { ContentType = "text/plain", Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["commit"] = "abc" } };
        var written = await storage.Client().UploadAsync("bucket", name, "hello"u8.ToArray(), Cancel, options);
        var read = await storage.Client().ReadAsync("bucket", name, Cancel);

        Assert.Equal((name, 5L, "text/plain", "abc"), (written.Name, written.Size, written.ContentType, written.Metadata!["commit"]));
        Assert.Equal("XUFAKrxLKna5cZ2REBfFkg==", written.Md5);
        Assert.Equal("hello", Encoding.UTF8.GetString(read!.Bytes.Span));
        Assert.Equal(written.Generation, read.Generation);
        Assert.Equal(written.Crc32c, (await storage.Client().GetAsync("bucket", name, Cancel))!.Crc32c);
    }

    [Fact]
    public async Task What_is_not_there_is_null_and_removing_it_is_false()
    {
        await using var storage = await TestStorage.StartAsync();
        Assert.Null(await storage.Client().GetAsync("bucket", "x", Cancel));
        Assert.Null(await storage.Client().ReadAsync("bucket", "x", Cancel));
        Assert.Null(await storage.Client().GetBucketAsync("other", Cancel));
        Assert.False(await storage.Client().DeleteAsync("bucket", "x", Cancel));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<CloudException>(() => storage.Client().OpenAsync("bucket", "x", Cancel))).Status);
    }

    [Fact]
    public async Task A_bucket_is_made_once()
    {
        await using var storage = await TestStorage.StartAsync();
        Assert.Equal("europe-west1", (await storage.Client().CreateBucketAsync("p", "new", "europe-west1", Cancel)).Location);
        Assert.Equal("europe-west1", (await storage.Client().CreateBucketAsync("p", "new", "us-central1", Cancel)).Location);
        Assert.Equal("new", (await storage.Client().GetBucketAsync("new", Cancel))!.Name);
    }

    [Fact]
    public async Task Writing_to_a_bucket_that_is_not_there_says_so()
    {
        await using var storage = await TestStorage.StartAsync();
        var error = await Assert.ThrowsAsync<CloudException>(() => storage.Client().UploadAsync("other", "x", "x"u8.ToArray(), Cancel));
        Assert.StartsWith($"storage.googleapis.com (at {storage.Server.Host}) could not write gs://other/x: 404 Not Found: The specified bucket does not exist.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_are_listed_by_prefix_over_all_pages()
    {
        await using var storage = await TestStorage.StartAsync(new TestStorage { PageSize = 3 });
        foreach (var name in (string[])["a/1", "a/2", "a/3", "a/4", "a/5", "a/6", "a/7", "b/1"])
        {
            await storage.Client().UploadAsync("bucket", name, "x"u8.ToArray(), Cancel);
        }

        Assert.Equal(["a/1", "a/2", "a/3", "a/4", "a/5", "a/6", "a/7"], await storage.Client().ListAsync("bucket", "a/", Cancel).Select(one => one.Name).ToListAsync(Cancel));
        Assert.Empty(await storage.Client().ListAsync("bucket", "c/", Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_range_is_read_and_ends_with_the_object()
    {
        await using var storage = await TestStorage.StartAsync();
        await storage.Client().UploadAsync("bucket", "x", "0123456789"u8.ToArray(), Cancel);
        Assert.Equal("234"u8.ToArray(), await storage.Client().ReadRangeAsync("bucket", "x", 2, 4, Cancel));
        Assert.Equal("89"u8.ToArray(), await storage.Client().ReadRangeAsync("bucket", "x", 8, 100, Cancel));
        Assert.Empty(await storage.Client().ReadRangeAsync("bucket", "x", 10, 20, Cancel));
    }

    [Fact]
    public async Task An_object_with_another_checksum_than_announced_is_refused()
    {
        await using var storage = await TestStorage.StartAsync();
        await storage.Client().UploadAsync("bucket", "x", "0123456789"u8.ToArray(), Cancel);
        storage.Server.Next("GET", "alt=media", Fault.Corrupt);
        var error = await Assert.ThrowsAsync<CloudException>(() => storage.Client().ReadAsync("bucket", "x", Cancel));
        Assert.Equal(StatusCode.DataLoss, error.Status);
        Assert.Contains("CRC-32C", error.Message, StringComparison.Ordinal);

        storage.Server.Next("GET", "alt=media", Fault.Corrupt);
        var stream = await storage.Client().OpenAsync("bucket", "x", Cancel);
        Assert.Equal(StatusCode.DataLoss, (await Assert.ThrowsAsync<CloudException>(() => Content.AllAsync(stream))).Status);
    }

    [Fact]
    public async Task A_stream_goes_on_after_a_drop_with_the_generation_that_it_began_with()
    {
        await using var storage = await TestStorage.StartAsync();
        var bytes = Content.Bytes(400_000);
        var written = await storage.Client().UploadAsync("bucket", "x", bytes, Cancel);
        storage.Server.Next("GET", "alt=media", Fault.CutAnswer(100_000));
        Assert.Equal(bytes, await Content.AllAsync(await storage.Client().OpenAsync("bucket", "x", Cancel)));
        Assert.Contains($"generation={written.Generation}", storage.Server.Requests[^1].Query, StringComparison.Ordinal);
        Assert.StartsWith("bytes=", storage.Server.Requests[^1].Headers["Range"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_of_an_object_that_is_replaced_meanwhile_is_not_patched_together()
    {
        await using var storage = await TestStorage.StartAsync();
        await storage.Client().UploadAsync("bucket", "x", Content.Bytes(400_000), Cancel);
        storage.Server.Next("GET", "alt=media", Fault.CutAnswer(100_000));
        await using var stream = await storage.Client().OpenAsync("bucket", "x", Cancel);
        await stream.ReadExactlyAsync(new byte[10], Cancel);
        await storage.Client().UploadAsync("bucket", "x", Content.Bytes(400_000, seed: 2), Cancel);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<CloudException>(() => Content.AllAsync(stream))).Status);
    }

    [Fact]
    public async Task A_token_is_sent_and_does_not_get_into_an_error()
    {
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.Response.StatusCode = 403;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($$"""{"error":{"code":403,"message":"no, {{context.Request.Headers.Authorization}}: top-secret-token"} }"""), context.RequestAborted);
        });
        var endpoint = GcpEndpoint.Local(server.Address, server.Address) with { Credential = new AccessToken(_ => Task.FromResult<string?>("top-secret-token")) };
        var error = await Assert.ThrowsAsync<CloudException>(() => new StorageClient(endpoint, Clients.Policy()).GetAsync("bucket", "x", Cancel));
        Assert.Equal("Bearer top-secret-token", server.Requests[0].Authorization);
        Assert.Contains("no, Bearer [removed]", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("top-secret-token", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("roles/storage.objectViewer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_that_is_not_storage_is_said_not_to_be()
    {
        await using var server = await TestServer.StartAsync(context => context.Response.Body.WriteAsync("<html>"u8.ToArray(), context.RequestAborted).AsTask());
        var client = new StorageClient(GcpEndpoint.Local(server.Address, server.Address), Clients.Policy());
        Assert.Contains("is not what Cloud Storage answers", (await Assert.ThrowsAsync<CloudException>(() => client.GetAsync("bucket", "x", Cancel))).Message, StringComparison.Ordinal);
        Assert.Contains("x-goog-generation", (await Assert.ThrowsAsync<CloudException>(() => client.ReadAsync("bucket", "x", Cancel))).Message, StringComparison.Ordinal);
    }
}
