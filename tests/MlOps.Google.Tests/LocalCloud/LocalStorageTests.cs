using MlOps.Google.Errors;
using MlOps.Google.Storage;
using MlOps.Google.Tests.Servers;
using MlOps.Testing;

namespace MlOps.Google.Tests.LocalCloud;

/// <summary>The storage client against the local cloud.</summary>
public sealed class LocalStorageTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningCloud _cloud = null!;
    private StorageClient _storage = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await RunningCloud.StartAsync();
        _storage = new StorageClient(_cloud.Endpoint) { ChunkSize = 4 * 1024 * 1024 };
        await _storage.CreateBucketAsync("local", "bucket", "us-central1", Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Objects_are_written_read_listed_and_removed()
    {
        var bytes = Content.Bytes(100_000);
        var written = await _storage.UploadAsync("bucket", "folder/ü &?#%2F+.bin", bytes, Cancel, new UploadOptions { Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["commit"] = "abc" } });
        var read = await _storage.ReadAsync("bucket", written.Name, Cancel);
        Assert.Equal(bytes, read!.Bytes.ToArray());
        Assert.Equal((written.Generation, Crc32c.Base64Of(bytes), "abc"), (read.Generation, written.Crc32c, written.Metadata!["commit"]));
        Assert.Equal(bytes, await Content.AllAsync(await _storage.OpenAsync("bucket", written.Name, Cancel)));
        Assert.Equal(bytes[10..20], await _storage.ReadRangeAsync("bucket", written.Name, 10, 19, Cancel));
        Assert.Equal([written.Name], await _storage.ListAsync("bucket", "folder/", Cancel).Select(one => one.Name).ToListAsync(Cancel));
        Assert.True(await _storage.DeleteAsync("bucket", written.Name, Cancel, written.Generation));
        Assert.Null(await _storage.GetAsync("bucket", written.Name, Cancel));
        Assert.False(await _storage.DeleteAsync("bucket", written.Name, Cancel));
    }

    [Fact]
    public async Task A_large_file_arrives_in_chunks()
    {
        var path = Path.Combine(_folder.Path, "large");
        await File.WriteAllBytesAsync(path, Content.Bytes(10_000_000), Cancel);
        var written = await _storage.UploadFileAsync("bucket", "large", path, Cancel, new UploadOptions { IfGenerationMatch = 0 });
        Assert.Equal(10_000_000, written.Size);
        Assert.Equal(Content.Bytes(10_000_000), await Content.AllAsync(await _storage.OpenAsync("bucket", "large", Cancel, written.Generation)));
        await Assert.ThrowsAsync<PreconditionFailedException>(() => _storage.UploadFileAsync("bucket", "large", path, Cancel, new UploadOptions { IfGenerationMatch = 0 }));
    }

    [Fact]
    public async Task Of_many_who_create_an_object_one_wins()
    {
        var wins = await Task.WhenAll(Enumerable.Range(0, 10).Select(async number =>
        {
            try
            {
                await _storage.UploadAsync("bucket", "lease", System.Text.Encoding.UTF8.GetBytes($"holder {number}"), Cancel, new UploadOptions { IfGenerationMatch = 0 });
                return true;
            }
            catch (PreconditionFailedException)
            {
                return false;
            }
        }));
        Assert.Single(wins, won => won);
    }

    [Fact]
    public async Task More_than_a_page_of_objects_is_listed_in_order()
    {
        var names = Enumerable.Range(0, 1200).Select(number => $"many/{number:0000}").ToArray();
        await Parallel.ForEachAsync(names, Cancel, async (name, token) => await _storage.UploadAsync("bucket", name, ReadOnlyMemory<byte>.Empty, token));
        Assert.Equal(names, await _storage.ListAsync("bucket", "many/", Cancel).Select(one => one.Name).ToListAsync(Cancel));
    }
}
