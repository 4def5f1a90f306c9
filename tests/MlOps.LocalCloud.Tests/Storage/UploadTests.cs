using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace MlOps.LocalCloud.Tests.Storage;

public sealed class UploadTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Theory]
    [InlineData("\r\n", "plain text")]
    [InlineData("\n", "plain text")]
    [InlineData("\r\n", "")]
    [InlineData("\r\n", "ends with line ends\r\n\n")]
    [InlineData("\r\n", "holds --the-boundary and\r\n--the-boundary\r\nwithin")]
    public async Task A_multipart_upload_is_the_bytes_between_the_boundaries(string line, string content)
    {
        var bucket = await cloud.BucketAsync();
        var put = (await MultipartAsync(bucket, """{"name": "m/ü", "metadata": {"commit": "abc"}}""", Encoding.UTF8.GetBytes(content), line)).Ok();
        Assert.Equal(("m/ü", "text/x-test"), (put["name"], put["contentType"]));
        Assert.Equal("abc", put.Json["metadata"]!["commit"]!.ToString());
        Assert.Equal(content, (await cloud.ReadAsync(bucket, "m/ü")).Ok().Text);
    }

    /// <summary>gcloud's boundary is full of '=' and quoted as Python quotes.</summary>
    [Theory]
    [InlineData("multipart/related; boundary='===============1=='", "===============1==")]
    [InlineData("multipart/related; boundary=\"=1 =\"; charset=x", "=1 =")]
    [InlineData("multipart/related; type=\"application/json\"; boundary=plain", "plain")]
    public async Task A_boundary_may_be_quoted_in_any_way(string type, string boundary)
    {
        var bucket = await cloud.BucketAsync();
        using var body = new StringContent($"--{boundary}\n\n{{\"name\": \"quoted\"}}\n--{boundary}\n\ntext\n--{boundary}--");
        body.Headers.Remove("Content-Type");
        body.Headers.TryAddWithoutValidation("Content-Type", type);
        (await cloud.SendAsync(HttpMethod.Post, $"/upload/storage/v1/b/{bucket}/o?uploadType=multipart", body)).Ok();
        Assert.Equal("text", (await cloud.ReadAsync(bucket, "quoted")).Ok().Text);
    }

    [Fact]
    public async Task A_multipart_upload_of_any_length_is_whole()
    {
        var bucket = await cloud.BucketAsync();
        foreach (var length in new[] { 1, 131_071, 131_072, 131_073, 3_000_000 })
        {
            var content = RandomNumberGenerator.GetBytes(length);
            (await MultipartAsync(bucket, """{"name": "x"}""", content, "\r\n")).Ok();
            Assert.Equal(content, (await cloud.ReadAsync(bucket, "x")).Body);
        }
    }

    [Fact]
    public async Task A_multipart_upload_without_its_closing_boundary_is_refused()
    {
        var bucket = await cloud.BucketAsync();
        var refused = await MultipartAsync(bucket, """{"name": "x"}""", [1, 2, 3], "\r\n", closing: "");
        Assert.Equal(400, refused.Status);
        Assert.Equal(404, (await cloud.ReadAsync(bucket, "x")).Status);
    }

    [Fact]
    public async Task Checksums_that_the_sender_states_are_compared()
    {
        var bucket = await cloud.BucketAsync();
        Assert.Equal(400, (await MultipartAsync(bucket, """{"name": "x", "md5Hash": "1B2M2Y8AsgTpgAmY7PhCfg=="}""", [1], "\r\n")).Status);
        Assert.Equal(400, (await MultipartAsync(bucket, """{"name": "x", "crc32c": "AAAAAA=="}""", [1], "\r\n")).Status);
        var path = $"/upload/storage/v1/b/{bucket}/o?uploadType=media&name=x";
        Assert.Equal(400, (await cloud.SendAsync(HttpMethod.Post, path, new ByteArrayContent([1]), ("X-Goog-Hash", "crc32c=AAAAAA=="))).Status);
        (await cloud.SendAsync(HttpMethod.Post, path, new StringContent("123456789"), ("X-Goog-Hash", "crc32c=4waSgw=="))).Ok();
    }

    [Fact]
    public async Task A_resumable_upload_goes_chunk_by_chunk()
    {
        var bucket = await cloud.BucketAsync();
        var content = RandomNumberGenerator.GetBytes(700_000);
        var session = await BeginAsync(bucket, "big", "&ifGenerationMatch=0");
        Assert.Equal(308, (await ChunkAsync(session, [], "bytes */700000")).Status);
        var first = await ChunkAsync(session, content[..262_144], "bytes 0-262143/*");
        Assert.Equal((308, "bytes=0-262143"), (first.Status, first.Headers["Range"]));
        var status = await ChunkAsync(session, [], "bytes */*");
        Assert.Equal((308, "bytes=0-262143"), (status.Status, status.Headers["Range"]));
        (await ChunkAsync(session, content[262_144..524_288], "bytes 262144-524287/700000")).Headers.TryGetValue("Range", out var range);
        Assert.Equal("bytes=0-524287", range);
        var done = (await ChunkAsync(session, content[524_288..], "bytes 524288-699999/700000")).Ok();
        Assert.Equal(Convert.ToBase64String(MD5.HashData(content)), done["md5Hash"]);
        Assert.Equal("text/x-big", done["contentType"]);
        Assert.Equal(done["generation"], (await ChunkAsync(session, [], "bytes */700000")).Ok()["generation"]);
        Assert.Equal(content, (await cloud.ReadAsync(bucket, "big")).Body);
    }

    [Fact]
    public async Task A_resumable_upload_may_be_one_request_or_empty()
    {
        var bucket = await cloud.BucketAsync();
        (await cloud.SendAsync(HttpMethod.Put, await BeginAsync(bucket, "one"), new StringContent("whole"))).Ok();
        Assert.Equal("whole", (await cloud.ReadAsync(bucket, "one")).Text);
        (await ChunkAsync(await BeginAsync(bucket, "none"), [], "bytes */0")).Ok();
        Assert.Equal("0", (await cloud.GetAsync(StorageCalls.ObjectPath(bucket, "none"))).Ok()["size"]);
    }

    [Fact]
    public async Task A_resumable_upload_goes_on_after_a_restart()
    {
        var bucket = await cloud.BucketAsync();
        var session = await BeginAsync(bucket, "late");
        await ChunkAsync(session, "12345"u8.ToArray(), "bytes 0-4/9");
        await cloud.RestartAsync();
        Assert.Equal("bytes=0-4", (await ChunkAsync(session, [], "bytes */9")).Headers["Range"]);
        Assert.Equal("4waSgw==", (await ChunkAsync(session, "456789"u8.ToArray(), "bytes 3-8/9")).Ok()["crc32c"]);
    }

    [Fact]
    public async Task A_gap_a_lie_and_an_abandoned_session_are_refused()
    {
        var bucket = await cloud.BucketAsync();
        var session = await BeginAsync(bucket, "x");
        Assert.Equal(503, (await ChunkAsync(session, [1, 2], "bytes 5-6/9")).Status);
        Assert.Equal(400, (await ChunkAsync(session, [1, 2], "bytes 0-4/9")).Status);
        Assert.Equal(400, (await ChunkAsync(session, [1, 2], "octets 0-1/9")).Status);
        Assert.Equal(499, (await cloud.SendAsync(HttpMethod.Delete, session)).Status);
        Assert.Equal(404, (await ChunkAsync(session, [], "bytes */9")).Status);
    }

    [Fact]
    public async Task A_resumable_upload_keeps_the_precondition_that_it_began_with()
    {
        var bucket = await cloud.BucketAsync();
        var session = await BeginAsync(bucket, "raced", "&ifGenerationMatch=0");
        await cloud.PutAsync(bucket, "raced", "faster");
        Assert.Equal(412, (await cloud.SendAsync(HttpMethod.Put, session, new StringContent("slower"))).Status);
        Assert.Equal("faster", (await cloud.ReadAsync(bucket, "raced")).Text);
    }

    [Theory]
    [InlineData("?uploadType=media")]
    [InlineData("?uploadType=other&name=x")]
    [InlineData("?name=x")]
    [InlineData("?uploadType=multipart")]
    public async Task An_upload_that_lacks_something_is_refused(string query) =>
        Assert.Equal(400, (await cloud.SendAsync(HttpMethod.Post, $"/upload/storage/v1/b/{await cloud.BucketAsync()}/o{query}", new StringContent("x"))).Status);

    private async Task<string> BeginAsync(string bucket, string name, string parameters = "")
    {
        var begun = (await cloud.SendAsync(
            HttpMethod.Post, $"/resumable/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name={name}{parameters}", TestCloud.Json("{}"), ("X-Upload-Content-Type", "text/x-big"))).Ok();
        return begun.Headers["Location"];
    }

    private Task<Answer> ChunkAsync(string session, byte[] bytes, string range) =>
        cloud.SendAsync(HttpMethod.Put, session, new ByteArrayContent(bytes), ("Content-Range", range));

    private Task<Answer> MultipartAsync(string bucket, string resource, byte[] content, string line, string closing = "--the-boundary--")
    {
        var head = string.Join(line, "--the-boundary", "Content-Type: application/json; charset=UTF-8", "", resource, "--the-boundary", "Content-Type: text/x-test", "", "");
        byte[] body = [.. Encoding.UTF8.GetBytes(head), .. content, .. Encoding.UTF8.GetBytes(line + closing + line)];
        var sent = new ByteArrayContent(body);
        sent.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/related; boundary=\"the-boundary\"");
        return cloud.SendAsync(HttpMethod.Post, $"/upload/storage/v1/b/{bucket}/o?uploadType=multipart", sent);
    }
}
