using MlOps.Core.Images;
using MlOps.Google.Errors;
using MlOps.Google.Registry;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Registry;

public sealed class BlobTests
{
    private const int Size = 300_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_blob_is_read_whole_and_has_its_size()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, blob, bytes) = Stored(registry);
        Assert.Equal(Size, await Clients.Registry().BlobSizeAsync(image, blob.Digest, Cancel));
        Assert.Equal(bytes, await Content.AllAsync(await Clients.Registry().OpenBlobAsync(image, blob, Cancel)));
        Assert.Equal(bytes, await Clients.Registry().ReadBlobAsync(image, blob, Cancel));
    }

    [Fact]
    public async Task A_blob_that_is_not_there_has_no_size_and_cannot_be_opened()
    {
        await using var registry = await TestRegistry.StartAsync();
        var nowhere = Content.Describe(Content.Bytes(10));
        Assert.Null(await Clients.Registry().BlobSizeAsync(registry.Image("p/r/i"), nowhere.Digest, Cancel));
        Assert.Equal("BLOB_UNKNOWN", (await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry().OpenBlobAsync(registry.Image("p/r/i"), nowhere, Cancel))).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_drops_in_the_middle_of_a_blob_is_taken_up_where_it_was(bool honoursRanges)
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistry { HonoursRanges = honoursRanges });
        var (image, blob, bytes) = Stored(registry);
        registry.Server.Next("GET", "/blobs/", Fault.CutAnswer(100_000));
        registry.Server.Next("GET", "/blobs/", Fault.Status(503));

        Assert.Equal(bytes, await Content.AllAsync(await Clients.Registry().OpenBlobAsync(image, blob, Cancel)));
        Assert.StartsWith("bytes=", registry.Server.Requests[^1].Headers["Range"], StringComparison.Ordinal);
        Assert.NotEqual("bytes=0-", registry.Server.Requests[^1].Headers["Range"]);
    }

    [Fact]
    public async Task A_blob_whose_connection_drops_every_time_names_the_registry()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, blob, _) = Stored(registry);
        for (var time = 0; time < 9; time++)
        {
            registry.Server.Next("GET", "/blobs/", Fault.CutAnswer(0));
        }

        var error = await Assert.ThrowsAsync<CloudException>(async () => await Content.AllAsync(await Clients.Registry().OpenBlobAsync(image, blob, Cancel)));
        Assert.Contains(registry.Host, error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task A_blob_with_wrong_bytes_is_an_error_at_its_end()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, blob, _) = Stored(registry);
        registry.Server.Next("GET", "/blobs/", Fault.Corrupt);
        var stream = await Clients.Registry().OpenBlobAsync(image, blob, Cancel);
        Assert.Equal("DIGEST_INVALID", (await Assert.ThrowsAsync<RegistryException>(() => Content.AllAsync(stream))).Code);
    }

    [Theory]
    [InlineData(Size - 1)]
    [InlineData(Size + 1)]
    public async Task A_blob_of_another_size_than_its_descriptor_says_is_refused(int announced)
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, blob, _) = Stored(registry);
        var error = await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry().OpenBlobAsync(image, blob with { Size = announced }, Cancel));
        Assert.Equal("SIZE_INVALID", error.Code);
        Assert.Contains($"{Size} bytes there, but the manifest says {announced}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_that_is_said_to_be_huge_is_not_read_into_memory()
    {
        await using var registry = await TestRegistry.StartAsync();
        var blob = new Descriptor("application/json", Digest.Of("x"), long.MaxValue);
        await Assert.ThrowsAsync<CloudException>(() => Clients.Registry().ReadBlobAsync(registry.Image("p/r/i"), blob, Cancel));
        Assert.Empty(registry.Server.Requests);
    }

    [Fact]
    public async Task A_body_that_stands_still_is_given_up_and_opened_again()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (image, blob, bytes) = Stored(registry);
        registry.Server.Next("GET", "/blobs/", new Fault(async (context, _) =>
        {
            context.Response.ContentLength = Size;
            await context.Response.Body.WriteAsync(bytes.AsMemory(0, 1000), context.RequestAborted);
            await Fault.Hang.RunAsync(context, _ => Task.CompletedTask);
        }));

        Assert.Equal(bytes, await Content.AllAsync(await Clients.Registry(policy: Clients.Impatient).OpenBlobAsync(image, blob, Cancel)));
    }

    private static (ImageReference Image, Descriptor Blob, byte[] Bytes) Stored(TestRegistry registry)
    {
        var bytes = Content.Bytes(Size);
        var blob = Content.Describe(bytes);
        registry["p/r/i"].Blobs[blob.Digest.ToString()] = bytes;
        return (registry.Image("p/r/i"), blob, bytes);
    }
}
