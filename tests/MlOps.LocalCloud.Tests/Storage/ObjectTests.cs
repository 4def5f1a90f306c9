using System.Security.Cryptography;
using System.Text;
using MlOps.Google.Storage;

namespace MlOps.LocalCloud.Tests.Storage;

public sealed class ObjectTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task An_object_has_its_checksums_generation_and_type()
    {
        var bucket = await cloud.BucketAsync();
        var content = RandomNumberGenerator.GetBytes(300_001);
        var put = (await cloud.PutAsync(bucket, "data/x.bin", content)).Ok();
        Assert.Equal(Convert.ToBase64String(MD5.HashData(content)), put["md5Hash"]);
        Assert.Equal(Crc32c.Base64Of(content), put["crc32c"]);
        Assert.Equal(("300001", "1", "application/octet-stream"), (put["size"], put["metageneration"], put["contentType"]));
        var got = (await cloud.GetAsync(StorageCalls.ObjectPath(bucket, "data/x.bin"))).Ok();
        Assert.Equal(put.Text, got.Text);
        Assert.Equal(content, (await cloud.ReadAsync(bucket, "data/x.bin")).Ok().Body);
        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(cloud.StorageFolder, bucket, "data", "x.bin"), TestCloud.Cancel));
    }

    [Fact]
    public async Task The_checksum_of_the_standards_example_is_right()
    {
        var bucket = await cloud.BucketAsync();
        Assert.Equal("4waSgw==", (await cloud.PutAsync(bucket, "check", "123456789")).Ok()["crc32c"]);
    }

    [Theory]
    [InlineData("bytes=2-4", 206, "cde", "bytes 2-4/10")]
    [InlineData("bytes=7-", 206, "hij", "bytes 7-9/10")]
    [InlineData("bytes=-3", 206, "hij", "bytes 7-9/10")]
    [InlineData("bytes=0-99", 206, "abcdefghij", "bytes 0-9/10")]
    [InlineData("bytes=0-1,4-5", 200, "abcdefghij", null)]
    [InlineData("lines=1-2", 200, "abcdefghij", null)]
    public async Task A_range_is_read(string range, int status, string expected, string? contentRange)
    {
        var bucket = await cloud.BucketAsync();
        await cloud.PutAsync(bucket, "letters", "abcdefghij");
        var answer = await cloud.ReadAsync(bucket, "letters", ("Range", range));
        Assert.Equal((status, expected, contentRange), (answer.Status, answer.Text, answer.Headers.GetValueOrDefault("Content-Range")));
    }

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=99-100")]
    public async Task A_range_behind_the_end_cannot_be_satisfied(string range)
    {
        var bucket = await cloud.BucketAsync();
        await cloud.PutAsync(bucket, "letters", "abcdefghij");
        var answer = await cloud.ReadAsync(bucket, "letters", ("Range", range));
        Assert.Equal((416, "bytes */10"), (answer.Status, answer.Headers["Content-Range"]));
    }

    [Fact]
    public async Task HEAD_tells_length_hashes_and_generation_without_the_bytes()
    {
        var bucket = await cloud.BucketAsync();
        var put = (await cloud.PutAsync(bucket, "a b", "hello")).Ok();
        var head = await cloud.SendAsync(HttpMethod.Head, $"/download{StorageCalls.ObjectPath(bucket, "a b")}?alt=media");
        Assert.Equal((200, 0, "5"), (head.Status, head.Body.Length, head.Headers["Content-Length"]));
        Assert.Equal((put["generation"], $"crc32c={put["crc32c"]},md5={put["md5Hash"]}"), (head.Headers["x-goog-generation"], head.Headers["x-goog-hash"]));
    }

    [Theory]
    [InlineData("plain.txt")]
    [InlineData("deep/er/and deeper.txt")]
    [InlineData("../../escape")]
    [InlineData("/leading")]
    [InlineData("trailing/")]
    [InlineData("a//b")]
    [InlineData("..")]
    [InlineData("./x")]
    [InlineData("per%2Fcent%25")]
    [InlineData("Übung/日本語/🚀")]
    [InlineData("?query&x=1#fragment+plus")]
    [InlineData("back\\slash")]
    [InlineData("colon:@star*\"quote\"")]
    public async Task Any_name_keeps_its_own_content(string name)
    {
        var bucket = await cloud.BucketAsync();
        var put = await cloud.PutAsync(bucket, name, "content of " + name);
        if (name == "..")
        {
            Assert.Equal(400, put.Status);
            return;
        }

        Assert.Equal(name, put.Ok()["name"]);
        Assert.Equal("content of " + name, (await cloud.ReadAsync(bucket, name)).Ok().Text);
        Assert.Equal([name], await cloud.NamesAsync(bucket));
        Assert.Equal(204, (await cloud.SendAsync(HttpMethod.Delete, StorageCalls.ObjectPath(bucket, name))).Status);
        Assert.Equal(404, (await cloud.ReadAsync(bucket, name)).Status);
        Assert.Empty(await cloud.NamesAsync(bucket));
        Assert.DoesNotContain(Directory.EnumerateFiles(cloud.Options.StateFolder, "*", SearchOption.AllDirectories), file => Path.GetFileName(file) == "escape");
    }

    [Fact]
    public async Task A_name_may_be_the_folder_of_another()
    {
        var bucket = await cloud.BucketAsync();
        foreach (var name in new[] { "a", "a/b", "a/b/c", "d/e", "d" })
        {
            (await cloud.PutAsync(bucket, name, name)).Ok();
        }

        Assert.Equal(["a", "a/b", "a/b/c", "d", "d/e"], await cloud.NamesAsync(bucket));
        foreach (var name in new[] { "a", "a/b", "a/b/c", "d/e", "d" })
        {
            Assert.Equal(name, (await cloud.ReadAsync(bucket, name)).Ok().Text);
        }
    }

    [Fact]
    public async Task Metadata_is_patched_and_replaced_without_a_new_generation()
    {
        var bucket = await cloud.BucketAsync();
        var put = (await cloud.PutAsync(bucket, "o", "1")).Ok();
        var path = StorageCalls.ObjectPath(bucket, "o");
        (await cloud.SendAsync(HttpMethod.Patch, path, TestCloud.Json("""{"metadata": {"commit": "abc", "by": "me"}, "size": "9"}"""))).Ok();
        var patched = (await cloud.SendAsync(HttpMethod.Patch, path, TestCloud.Json("""{"metadata": {"by": null}, "contentType": "text/plain"}"""))).Ok();
        Assert.Equal("""{"commit":"abc"}""", patched.Json["metadata"]!.ToJsonString());
        Assert.Equal((put["generation"], "3", "text/plain", "1"), (patched["generation"], patched["metageneration"], patched["contentType"], patched["size"]));
        var replaced = (await cloud.SendAsync(HttpMethod.Put, path, TestCloud.Json("""{"contentType": "a/b"}"""))).Ok();
        Assert.Null(replaced.Json["metadata"]);
        Assert.Equal(400, (await cloud.SendAsync(HttpMethod.Patch, path, TestCloud.Json("""{"metadata": {"n": 1}}"""))).Status);
    }

    [Fact]
    public async Task A_copy_and_a_rewrite_keep_bytes_and_type()
    {
        var bucket = await cloud.BucketAsync();
        var put = (await cloud.PutAsync(bucket, "from/x", "hello")).Ok();
        var target = $"/rewriteTo/b/{bucket}/o/to%2Fy";
        var rewritten = (await cloud.PostAsync(StorageCalls.ObjectPath(bucket, "from/x") + target, "")).Ok();
        Assert.Equal(("true", "5", put["md5Hash"]), (rewritten["done"], rewritten["totalBytesRewritten"], rewritten.Json["resource"]!["md5Hash"]!.ToString()));
        Assert.Equal("hello", (await cloud.ReadAsync(bucket, "to/y")).Ok().Text);
        var copied = (await cloud.PostAsync(StorageCalls.ObjectPath(bucket, "from/x") + $"/copyTo/b/{bucket}/o/z", """{"contentType": "text/plain"}""")).Ok();
        Assert.Equal("text/plain", copied["contentType"]);
        Assert.Equal(412, (await cloud.PostAsync(StorageCalls.ObjectPath(bucket, "from/x") + target + "?ifGenerationMatch=0", "")).Status);
        Assert.Equal(412, (await cloud.PostAsync(StorageCalls.ObjectPath(bucket, "from/x") + target + "?ifSourceGenerationMatch=7", "")).Status);
    }

    [Fact]
    public async Task A_composed_object_has_no_MD5_but_a_CRC()
    {
        var bucket = await cloud.BucketAsync();
        await cloud.PutAsync(bucket, "1", "12345");
        await cloud.PutAsync(bucket, "2", "6789");
        var made = (await cloud.PostAsync(StorageCalls.ObjectPath(bucket, "whole") + "/compose", """{"sourceObjects": [{"name": "1"}, {"name": "2"}], "destination": {"contentType": "text/plain"}}""")).Ok();
        Assert.Equal((null, "4waSgw==", "2", "text/plain"), (made["md5Hash"], made["crc32c"], made["componentCount"], made["contentType"]));
        Assert.Equal("123456789", (await cloud.ReadAsync(bucket, "whole")).Ok().Text);
    }

    [Fact]
    public async Task A_reader_keeps_the_generation_that_it_began_with()
    {
        var bucket = await cloud.BucketAsync();
        var old = Encoding.UTF8.GetString(RandomNumberGenerator.GetHexString(8_000_000).Select(digit => (byte)digit).ToArray());
        await cloud.PutAsync(bucket, "big", old);
        using var response = await cloud.Http.GetAsync(StorageCalls.ObjectPath(bucket, "big") + "?alt=media", HttpCompletionOption.ResponseHeadersRead, TestCloud.Cancel);
        await cloud.PutAsync(bucket, "big", "new");
        Assert.Equal(old, await response.Content.ReadAsStringAsync(TestCloud.Cancel));
        Assert.Equal("new", (await cloud.ReadAsync(bucket, "big")).Text);
    }

    [Fact]
    public async Task A_bucket_that_is_written_to_is_there_unless_the_cloud_is_to_be_strict()
    {
        (await cloud.PutAsync("made-by-writing", "x", "1")).Ok();
        Assert.Equal("made-by-writing", (await cloud.GetAsync("/storage/v1/b/made-by-writing")).Ok()["name"]);
    }
}
