using System.Security.Cryptography;
using MlOps.Core.Images;

namespace MlOps.LocalCloud.Tests.Registry;

public sealed class BlobTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private const string Name = "us-central1/local/ml/blobs";

    [Fact]
    public async Task The_ping_answers_without_a_registry_process()
    {
        var answer = (await cloud.GetAsync("/v2/")).Ok();
        Assert.Equal(("registry/2.0", "{}"), (answer.Headers["Docker-Distribution-Api-Version"], answer.Text));
    }

    [Fact]
    public async Task A_blob_is_pushed_found_read_in_ranges_and_deleted()
    {
        var blob = await cloud.PushBlobAsync(Name, "abcdefghij");
        var path = $"/v2/{Name}/blobs/{blob.Digest}";
        Assert.Equal("10", (await cloud.SendAsync(HttpMethod.Head, path)).Ok().Headers["Content-Length"]);
        Assert.Equal("abcdefghij", (await cloud.GetAsync(path)).Ok().Text);
        var range = await cloud.GetAsync(path, ("Range", "bytes=2-4"));
        Assert.Equal((206, "cde", "bytes 2-4/10"), (range.Status, range.Text, range.Headers["Content-Range"]));
        Assert.Equal(202, (await cloud.SendAsync(HttpMethod.Delete, path)).Status);
        Assert.Equal("BLOB_UNKNOWN", (await cloud.GetAsync(path)).Code());
    }

    [Fact]
    public async Task A_blob_is_pushed_in_chunks_that_go_on_after_a_restart()
    {
        var content = RandomNumberGenerator.GetBytes(2_000_000);
        var begun = await cloud.SendAsync(HttpMethod.Post, $"/v2/{Name}/blobs/uploads/");
        var first = await cloud.SendAsync(HttpMethod.Patch, begun.Headers["Location"], new ByteArrayContent(content[..1_000_000]), ("Content-Range", "0-999999"));
        Assert.Equal((202, "0-999999"), (first.Status, first.Headers["Range"]));
        await cloud.RestartAsync();
        var second = await cloud.SendAsync(HttpMethod.Patch, first.Headers["Location"], new ByteArrayContent(content[1_000_000..]), ("Content-Range", "1000000-1999999"));
        Assert.Equal(202, second.Status);
        var put = await cloud.SendAsync(HttpMethod.Put, $"{second.Headers["Location"]}&digest={Digest.Of(content)}");
        Assert.True(put.Status == 201, put.Text);
        Assert.Equal(content, (await cloud.GetAsync($"/v2/{Name}/blobs/{Digest.Of(content)}")).Ok().Body);
    }

    [Fact]
    public async Task A_blob_is_mounted_from_another_repository()
    {
        var blob = await cloud.PushBlobAsync(Name, "to be mounted");
        const string Other = "us-central1/local/prod/blobs";
        var mounted = await cloud.SendAsync(HttpMethod.Post, $"/v2/{Other}/blobs/uploads/?mount={blob.Digest}&from={Name}");
        Assert.Equal(201, mounted.Status);
        Assert.Equal("to be mounted", (await cloud.GetAsync($"/v2/{Other}/blobs/{blob.Digest}")).Ok().Text);
        Assert.Equal(202, (await cloud.SendAsync(HttpMethod.Post, $"/v2/{Other}/blobs/uploads/?mount={Digest.Of("nowhere")}&from={Name}")).Status);
    }

    [Fact]
    public async Task A_body_that_has_not_the_stated_digest_is_refused()
    {
        var begun = await cloud.SendAsync(HttpMethod.Post, $"/v2/{Name}/blobs/uploads/");
        var put = await cloud.SendAsync(HttpMethod.Put, $"{begun.Headers["Location"]}&digest={Digest.Of("other")}", new ByteArrayContent([1]));
        Assert.Equal((400, "DIGEST_INVALID"), (put.Status, put.Code()));
    }

    [Fact]
    public async Task A_large_blob_goes_through_as_a_stream()
    {
        var content = RandomNumberGenerator.GetBytes(64 * 1024 * 1024);
        var begun = await cloud.SendAsync(HttpMethod.Post, $"/v2/{Name}/blobs/uploads/");
        var put = await cloud.SendAsync(HttpMethod.Put, $"{begun.Headers["Location"]}&digest={Digest.Of(content)}", new StreamContent(new MemoryStream(content)));
        Assert.Equal(201, put.Status);
        Assert.Equal(Digest.Of(content), Digest.Of((await cloud.GetAsync($"/v2/{Name}/blobs/{Digest.Of(content)}")).Ok().Body));
    }
}
