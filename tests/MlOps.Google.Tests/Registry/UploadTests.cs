using MlOps.Core.Images;
using MlOps.Google.Errors;
using MlOps.Google.Registry;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Registry;

public sealed class UploadTests
{
    private const int Size = 5_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static byte[] Bytes { get; } = Content.Bytes(Size);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1024 * 1024)]
    [InlineData(1024 * 1024 + 1)]
    [InlineData(Size)]
    public async Task A_blob_of_any_size_arrives(int size)
    {
        await using var registry = await TestRegistry.StartAsync();
        var bytes = Content.Bytes(size);
        Assert.Equal(BlobArrival.Sent, await Clients.Registry().UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(bytes), Cancel));
        Assert.Equal(bytes, Assert.Single(registry["p/r/i"].Blobs).Value);
    }

    [Fact]
    public async Task A_blob_that_is_there_is_not_sent_again()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry["p/r/i"].Blobs[Digest.Of(Bytes).ToString()] = Bytes;
        Assert.Equal(BlobArrival.There, await Clients.Registry().UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(Bytes), Cancel));
        Assert.Equal("HEAD", Assert.Single(registry.Server.Requests).Method);
    }

    [Fact]
    public async Task A_blob_is_sent_in_chunks_where_that_is_asked_for()
    {
        await using var registry = await TestRegistry.StartAsync();
        var client = new RegistryClient(GcpEndpoint.Google, RegistryCredentials.None, Clients.Policy()) { ChunkSize = 2_000_000 };
        await client.UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(Bytes), Cancel);
        Assert.Equal(["0-1999999", "2000000-3999999", "4000000-4999999"], registry.Server.Requests.Where(request => request.Method == "PATCH").Select(request => request.Headers["Content-Range"]));
        Assert.Equal(Bytes, Assert.Single(registry["p/r/i"].Blobs).Value);
    }

    [Fact]
    public async Task A_dropped_upload_goes_on_where_the_registry_says_it_stopped()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Server.Next("PATCH", "/uploads/", Fault.CutRequest(3_000_000));
        registry.Server.Next("GET", "/uploads/", Fault.Status(502));
        await Clients.Registry().UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(Bytes), Cancel);

        Assert.Equal(Bytes, Assert.Single(registry["p/r/i"].Blobs).Value);
        var resumed = registry.Server.Requests.Last(request => request.Method == "PATCH");
        Assert.Equal("3000000-4999999", resumed.Headers["Content-Range"]);
        Assert.Single(registry.Server.Requests, request => request.Method == "POST");
    }

    [Fact]
    public async Task A_long_upload_may_be_interrupted_more_often_than_a_call_is_tried()
    {
        await using var registry = await TestRegistry.StartAsync();
        for (var cut = 0; cut < 8; cut++)
        {
            registry.Server.Next("PATCH", "/uploads/", Fault.CutRequest(500_000));
        }

        await Clients.Registry().UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(Bytes), Cancel);
        Assert.Equal(Bytes, Assert.Single(registry["p/r/i"].Blobs).Value);
    }

    [Fact]
    public async Task An_upload_that_the_registry_has_forgotten_begins_anew()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Server.Next("PATCH", "/uploads/", new Fault((context, next) =>
        {
            registry.ForgetUploads();
            return Fault.CutRequest(3_000_000).RunAsync(context, next);
        }));
        await Clients.Registry().UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(Bytes), Cancel);
        Assert.Equal(Bytes, Assert.Single(registry["p/r/i"].Blobs).Value);
        Assert.Equal(2, registry.Server.Requests.Count(request => request.Method == "POST"));
    }

    [Fact]
    public async Task An_upload_whose_last_answer_is_lost_is_found_done()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Server.Next("PUT", "/uploads/", Fault.LoseAnswer);
        await Clients.Registry().UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(Bytes), Cancel);
        Assert.Single(registry.Server.Requests, request => request.Method == "PATCH");
        Assert.Equal("HEAD", registry.Server.Requests[^1].Method);
    }

    [Fact]
    public async Task The_state_in_an_uploads_address_stays_beside_the_digest()
    {
        await using var registry = await TestRegistry.StartAsync();
        await Clients.Registry().UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(Bytes), Cancel);
        var end = registry.Server.Requests[^1];
        Assert.Matches("^\\?state=[0-9a-f]+-kept&digest=sha256%3A", end.Query);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    public async Task An_upload_that_is_refused_for_now_is_tried_again(int status)
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Server.Next("POST", "/uploads/", Fault.Status(status));
        registry.Server.Next("PATCH", "/uploads/", Fault.Status(status));
        registry.Server.Next("PUT", "/uploads/", Fault.Status(status));
        await Clients.Registry().UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(Bytes), Cancel);
        Assert.Equal(Bytes, Assert.Single(registry["p/r/i"].Blobs).Value);
    }

    [Fact]
    public async Task An_upload_that_is_refused_for_good_says_so_once()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Server.Next("PUT", "/uploads/", Fault.Answer(403, """{"errors":[{"code":"DENIED","message":"quota exceeded"}]}"""));
        var error = await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry().UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(Bytes), Cancel));
        Assert.Equal("DENIED", error.Code);
        Assert.Single(registry.Server.Requests, request => request.Method == "PUT");
    }

    [Fact]
    public async Task An_upload_that_is_refused_every_time_ends_with_the_registrys_own_words()
    {
        await using var registry = await TestRegistry.StartAsync();
        for (var time = 0; time < 4; time++)
        {
            registry.Server.Next("PATCH", "/uploads/", Fault.Answer(503, """{"errors":[{"code":"UNAVAILABLE","message":"disk is full"}]}"""));
        }

        var error = await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry().UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(Bytes), Cancel));
        Assert.Contains("disk is full", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_is_not_sent_to_a_private_address()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Elsewhere = new Uri("http://127.0.0.2:1/");
        var error = await Assert.ThrowsAsync<CloudException>(() => Clients.Registry().UploadBlobAsync(registry.Image("p/r/i"), BlobContent.Of(Bytes), Cancel));
        Assert.Contains("an upload address to http://127.0.0.2:1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_of_another_repository_is_mounted_without_being_sent()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry["p/r/from"].Blobs[Digest.Of(Bytes).ToString()] = Bytes;
        Assert.Equal(BlobArrival.Mounted, await Clients.Registry().UploadBlobAsync(registry.Image("p/r/to"), BlobContent.Of(Bytes), Cancel, registry.Image("p/r/from")));
        Assert.Equal(Bytes, registry["p/r/to"].Blobs[Digest.Of(Bytes).ToString()]);
        Assert.Equal(["HEAD", "POST", "HEAD"], registry.Server.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task A_registry_that_does_not_mount_is_sent_the_blob_in_the_upload_that_it_opened_instead()
    {
        await using var registry = await TestRegistry.StartAsync(new TestRegistry { Mounts = false });
        registry["p/r/from"].Blobs[Digest.Of(Bytes).ToString()] = Bytes;
        Assert.Equal(BlobArrival.Sent, await Clients.Registry().UploadBlobAsync(registry.Image("p/r/to"), BlobContent.Of(Bytes), Cancel, registry.Image("p/r/from")));
        Assert.Equal(Bytes, registry["p/r/to"].Blobs[Digest.Of(Bytes).ToString()]);
        Assert.Single(registry.Server.Requests, request => request.Method == "POST");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(201)]
    public async Task A_registry_that_minds_being_asked_to_mount_or_only_says_that_it_did_is_sent_the_blob(int status)
    {
        await using var registry = await TestRegistry.StartAsync();
        registry["p/r/from"].Blobs[Digest.Of(Bytes).ToString()] = Bytes;
        registry.Server.Next("POST", "mount=", Fault.Status(status));
        Assert.Equal(BlobArrival.Sent, await Clients.Registry().UploadBlobAsync(registry.Image("p/r/to"), BlobContent.Of(Bytes), Cancel, registry.Image("p/r/from")));
        Assert.Equal(Bytes, registry["p/r/to"].Blobs[Digest.Of(Bytes).ToString()]);
        Assert.DoesNotContain("mount", registry.Server.Requests.Last(request => request.Method == "POST").Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_mounted_from_another_registry()
    {
        await using var registry = await TestRegistry.StartAsync();
        Assert.Equal(BlobArrival.Sent, await Clients.Registry().UploadBlobAsync(registry.Image("p/r/to"), BlobContent.Of(Bytes), Cancel, ImageReference.Parse("gcr.io/p/from")));
        Assert.DoesNotContain(registry.Server.Requests, request => request.Query.Contains("mount", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_blob_is_copied_from_registry_to_registry_though_both_drop_connections()
    {
        await using var source = await TestRegistry.StartAsync();
        await using var target = await TestRegistry.StartAsync();
        source["p/r/i"].Blobs[Digest.Of(Bytes).ToString()] = Bytes;
        source.Server.Next("GET", "/blobs/", Fault.CutAnswer(1_000_000));
        target.Server.Next("PATCH", "/uploads/", Fault.CutRequest(2_000_000));
        var client = Clients.Registry();

        await client.UploadBlobAsync(target.Image("p/r/i"), client.BlobToCopy(source.Image("p/r/i"), Content.Describe(Bytes)).Content, Cancel);
        Assert.Equal(Bytes, Assert.Single(target["p/r/i"].Blobs).Value);
    }

    [Fact]
    public async Task A_source_with_wrong_bytes_is_named_and_nothing_is_stored()
    {
        await using var source = await TestRegistry.StartAsync();
        await using var target = await TestRegistry.StartAsync();
        source["p/r/i"].Blobs[Digest.Of(Bytes).ToString()] = Bytes;
        source.Server.Next("GET", "/blobs/", Fault.Corrupt);
        var client = Clients.Registry();
        var error = await Assert.ThrowsAsync<RegistryException>(() => client.UploadBlobAsync(target.Image("p/r/i"), client.BlobToCopy(source.Image("p/r/i"), Content.Describe(Bytes)).Content, Cancel));
        Assert.Equal((source.Host, "DIGEST_INVALID"), (error.Host, error.Code));
        Assert.Empty(target["p/r/i"].Blobs);
    }

    [Fact]
    public async Task A_source_that_drops_every_time_is_named_and_not_the_target()
    {
        await using var source = await TestRegistry.StartAsync();
        await using var target = await TestRegistry.StartAsync();
        source["p/r/i"].Blobs[Digest.Of(Bytes).ToString()] = Bytes;
        for (var time = 0; time < 40; time++)
        {
            source.Server.Next("GET", "/blobs/", Fault.Drop);
        }

        var client = Clients.Registry();
        var error = await Assert.ThrowsAsync<CloudException>(() => client.UploadBlobAsync(target.Image("p/r/i"), client.BlobToCopy(source.Image("p/r/i"), Content.Describe(Bytes)).Content, Cancel));
        Assert.Equal(source.Host, error.Host);
    }
}
