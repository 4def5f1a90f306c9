using MlOps.Google.Errors;
using MlOps.Google.Storage;
using MlOps.Google.Tests.Servers;
using MlOps.Testing;

namespace MlOps.Google.Tests.Storage;

public sealed class FileUploadTests : IDisposable
{
    private const int Size = 10_000_000;
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static byte[] Bytes { get; } = Content.Bytes(Size);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(8 * 1024 * 1024)]
    [InlineData(8 * 1024 * 1024 + 1)]
    [InlineData(Size)]
    public async Task A_file_of_any_size_arrives(int size)
    {
        await using var storage = await TestStorage.StartAsync();
        var written = await UploadAsync(storage, Content.Bytes(size));
        Assert.Equal(size, written.Size);
        Assert.Equal(Content.Bytes(size), storage["x"]);
    }

    [Fact]
    public async Task A_file_is_sent_in_chunks()
    {
        await using var storage = await TestStorage.StartAsync();
        await UploadAsync(storage, Bytes);
        Assert.Equal(["bytes 0-4194303/10000000", "bytes 4194304-8388607/10000000", "bytes 8388608-9999999/10000000"], storage.Server.Requests.Where(request => request.Method == "PUT").Select(request => request.Headers["Content-Range"]));
    }

    [Fact]
    public async Task A_dropped_upload_goes_on_where_the_service_says_it_stopped()
    {
        await using var storage = await TestStorage.StartAsync();
        storage.Server.Next("PUT", "/session/", Fault.CutRequest(1_000_000));
        storage.Server.Next("PUT", "/session/", Fault.Status(503));
        await UploadAsync(storage, Bytes);
        Assert.Equal(Bytes, storage["x"]);
        Assert.Contains("bytes */10000000", storage.Server.Requests.Select(request => request.Headers.GetValueOrDefault("Content-Range")));
        Assert.Contains("bytes 786432-4980735/10000000", storage.Server.Requests.Select(request => request.Headers.GetValueOrDefault("Content-Range")));
    }

    [Fact]
    public async Task An_upload_whose_last_answer_is_lost_is_found_done()
    {
        await using var storage = await TestStorage.StartAsync();
        storage.Server.Next(request => request.Headers.ContentRange.ToString().EndsWith("9999999/10000000", StringComparison.Ordinal), Fault.LoseAnswer);
        await UploadAsync(storage, Bytes, new UploadOptions { IfGenerationMatch = 0 });
        Assert.Equal("bytes */10000000", storage.Server.Requests[^1].Headers["Content-Range"]);
    }

    [Fact]
    public async Task A_session_that_is_gone_begins_anew()
    {
        await using var storage = await TestStorage.StartAsync();
        storage.Server.Next(request => request.Headers.ContentRange.ToString().StartsWith("bytes 4194304", StringComparison.Ordinal), new Fault((_, next) =>
        {
            storage.ForgetSessions();
            return next(_);
        }));
        await UploadAsync(storage, Bytes);
        Assert.Equal(Bytes, storage["x"]);
        Assert.Equal(2, storage.Server.Requests.Count(request => request.Method == "POST"));
    }

    [Fact]
    public async Task An_upload_is_not_sent_to_a_private_address()
    {
        await using var storage = await TestStorage.StartAsync();
        storage.Elsewhere = new Uri("http://127.0.0.2:1/");
        var error = await Assert.ThrowsAsync<CloudException>(() => UploadAsync(storage, Bytes));
        Assert.Contains("an upload address to http://127.0.0.2:1", error.Message, StringComparison.Ordinal);
    }

    private async Task<StorageObject> UploadAsync(TestStorage storage, byte[] bytes, UploadOptions? options = null)
    {
        var path = Path.Combine(_folder.Path, "file");
        await File.WriteAllBytesAsync(path, bytes, Cancel);
        var client = new StorageClient(storage.Endpoint, Clients.Policy()) { ChunkSize = 4 * 1024 * 1024 };
        return await client.UploadFileAsync("bucket", "x", path, Cancel, options);
    }
}
