using MlOps.Google.Errors;
using MlOps.Google.Storage;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Storage;

public sealed class PreconditionTests
{
    private static readonly UploadOptions OnlyNew = new() { IfGenerationMatch = 0 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_who_create_an_object_one_wins()
    {
        await using var storage = await TestStorage.StartAsync();
        await storage.Client().UploadAsync("bucket", "lease", "a"u8.ToArray(), Cancel, OnlyNew);
        var error = await Assert.ThrowsAsync<PreconditionFailedException>(() => storage.Client().UploadAsync("bucket", "lease", "b"u8.ToArray(), Cancel, OnlyNew));
        Assert.Contains("Somebody else wrote it in between", error.Message, StringComparison.Ordinal);
        Assert.Equal("a"u8.ToArray(), storage["lease"]);
    }

    [Fact]
    public async Task Of_many_who_swap_at_once_each_step_has_one_winner()
    {
        await using var storage = await TestStorage.StartAsync();
        var client = storage.Client();
        await client.UploadAsync("bucket", "counter", "0"u8.ToArray(), Cancel);
        async Task AddAsync()
        {
            while (true)
            {
                var now = await client.ReadAsync("bucket", "counter", Cancel);
                var next = int.Parse(System.Text.Encoding.UTF8.GetString(now!.Bytes.Span), System.Globalization.CultureInfo.InvariantCulture) + 1;
                try
                {
                    await client.UploadAsync("bucket", "counter", System.Text.Encoding.UTF8.GetBytes($"{next}"), Cancel, new UploadOptions { IfGenerationMatch = now.Generation });
                    return;
                }
                catch (PreconditionFailedException)
                {
                    // Read it again and try anew.
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AddAsync()));
        Assert.Equal("20"u8.ToArray(), storage["counter"]);
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_is_found_to_be_ours()
    {
        await using var storage = await TestStorage.StartAsync();
        storage.Server.Next("POST", "uploadType=multipart", Fault.LoseAnswer);
        var written = await storage.Client().UploadAsync("bucket", "lease", "mine"u8.ToArray(), Cancel, OnlyNew);
        Assert.Equal("lease", written.Name);
        Assert.Equal(2, storage.Server.Requests.Count(request => request.Method == "POST"));
    }

    [Fact]
    public async Task A_write_that_lost_while_its_first_attempt_never_arrived_is_not_taken_for_ours()
    {
        await using var storage = await TestStorage.StartAsync();
        await storage.Client().UploadAsync("bucket", "lease", "theirs"u8.ToArray(), Cancel);
        storage.Server.Next("POST", "uploadType=multipart", Fault.Drop);
        await Assert.ThrowsAsync<PreconditionFailedException>(() => storage.Client().UploadAsync("bucket", "lease", "mine"u8.ToArray(), Cancel, OnlyNew));
    }

    [Fact]
    public async Task An_object_is_removed_only_in_the_generation_that_was_meant()
    {
        await using var storage = await TestStorage.StartAsync();
        var first = await storage.Client().UploadAsync("bucket", "x", "1"u8.ToArray(), Cancel);
        var second = await storage.Client().UploadAsync("bucket", "x", "2"u8.ToArray(), Cancel);
        await Assert.ThrowsAsync<PreconditionFailedException>(() => storage.Client().DeleteAsync("bucket", "x", Cancel, first.Generation));
        storage.Server.Next("DELETE", "/o/x", Fault.LoseAnswer);
        Assert.True(await storage.Client().DeleteAsync("bucket", "x", Cancel, second.Generation));
    }

    [Fact]
    public async Task A_large_file_is_held_to_its_condition_too()
    {
        await using var storage = await TestStorage.StartAsync();
        using var folder = new Testing.TemporaryFolder();
        var path = Path.Combine(folder.Path, "large");
        await File.WriteAllBytesAsync(path, Content.Bytes(9_000_000), Cancel);
        await storage.Client().UploadFileAsync("bucket", "x", path, Cancel, OnlyNew);
        await Assert.ThrowsAsync<PreconditionFailedException>(() => storage.Client().UploadFileAsync("bucket", "x", path, Cancel, OnlyNew));
    }
}
