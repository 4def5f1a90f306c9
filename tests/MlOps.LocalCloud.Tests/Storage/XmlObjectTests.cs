using System.Globalization;
using CsCheck;
using Microsoft.AspNetCore.Http;
using MlOps.LocalCloud.Storage;
using MlOps.Testing;

namespace MlOps.LocalCloud.Tests.Storage;

public sealed class XmlObjectTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task An_object_is_read_by_its_path_whole_and_in_part()
    {
        (await cloud.PutAsync("plain", "a/b c.txt", "0123456789")).Ok();
        Assert.Equal("0123456789", (await cloud.GetAsync("/plain/a/b%20c.txt")).Ok().Text);
        var part = await cloud.GetAsync("/plain/a/b%20c.txt", ("Range", "bytes=4-"));
        Assert.Equal((206, "456789", "bytes 4-9/10"), (part.Status, part.Text, part.Headers["Content-Range"]));
        var head = await cloud.SendAsync(HttpMethod.Head, "/plain/a/b%20c.txt");
        Assert.Equal((200, "10", ""), (head.Status, head.Headers["Content-Length"], head.Text));
        Assert.Equal(416, (await cloud.GetAsync("/plain/a/b%20c.txt", ("Range", "bytes=10-"))).Status);
    }

    [Fact]
    public async Task What_is_not_there_is_404_as_the_XML_API_has_it()
    {
        (await cloud.PutAsync("some", "o", "x")).Ok();
        var key = await cloud.GetAsync("/some/log-1.txt");
        Assert.Equal(404, key.Status);
        Assert.Contains("<Code>NoSuchKey</Code>", key.Text);
        var bucket = await cloud.GetAsync("/nowhere/log-1.txt");
        Assert.Equal(404, bucket.Status);
        Assert.Contains("<Code>NoSuchBucket</Code>", bucket.Text);
    }

    [Theory]
    [InlineData("GET", "/v1beta1/projects/p")]
    [InlineData("GET", "/compute/v1/projects/p/zones")]
    [InlineData("GET", "/some")]
    [InlineData("PUT", "/some/object")]
    [InlineData("POST", "/nowhere/at/all")]
    public async Task Other_services_paths_and_other_calls_are_not_taken_for_objects(string method, string path)
    {
        var answer = await cloud.SendAsync(new HttpMethod(method), path);
        Assert.Equal((501, "UNIMPLEMENTED"), (answer.Status, answer.Json["error"]!["status"]!.ToString()));
    }

    /// <summary>Every range of a file against the same range of its bytes.</summary>
    [Fact]
    public async Task A_growing_logs_ranges_are_those_of_its_bytes()
    {
        using var folder = new TemporaryFolder();
        var log = Path.Combine(folder.Path, "log");
        var ranges = Gen.OneOf(
            Gen.Const((string?)null),
            Gen.Int[0, 70].Select(from => (string?)$"bytes={from}-"),
            Gen.Select(Gen.Int[0, 70], Gen.Int[0, 70]).Where(pair => pair.Item1 <= pair.Item2).Select(pair => (string?)$"bytes={pair.Item1}-{pair.Item2}"),
            Gen.Int[1, 70].Select(last => (string?)$"bytes=-{last}"));
        await Gen.Select(Gen.Byte.Array[0, 64], ranges, Gen.Bool).SampleAsync(
            async (bytes, range, head) =>
            {
                await File.WriteAllBytesAsync(log, bytes, TestCloud.Cancel);
                var answer = await AskAsync(log, range, head);
                var (status, body) = Expected(bytes, range);
                return answer.Status == status && answer.Body.AsSpan().SequenceEqual(head ? [] : body) && (status >= 400 || answer.Length == body.Length);
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public async Task A_log_is_read_as_it_grows_without_a_gap()
    {
        using var folder = new TemporaryFolder();
        var log = Path.Combine(folder.Path, "log");
        await using var writer = new FileStream(log, FileMode.Create, FileAccess.Write, FileShare.Read);
        Assert.Equal(404, (await AskAsync(log, "bytes=0-", head: false)).Status);
        List<byte> seen = [];
        for (var line = 0; line < 50; line++)
        {
            var text = System.Text.Encoding.UTF8.GetBytes($"line {line}\n");
            await writer.WriteAsync(text, TestCloud.Cancel);
            await writer.FlushAsync(TestCloud.Cancel);
            var answer = await AskAsync(log, $"bytes={seen.Count}-", head: false);
            Assert.Equal(seen.Count == 0 ? 200 : 206, answer.Status);
            seen.AddRange(answer.Body);
            Assert.Equal(416, (await AskAsync(log, $"bytes={seen.Count}-", head: false)).Status);
        }

        Assert.Equal(await BytesAsync(log), seen);
        Assert.False(await LiveLog.SendAsync(new DefaultHttpContext(), Path.Combine(folder.Path, "gone")));
    }

    /// <summary>RFC 9110, section 14, for one range; a log of no bytes is not there yet.</summary>
    private static (int Status, byte[] Body) Expected(byte[] bytes, string? range)
    {
        if (bytes.Length == 0)
        {
            return (404, []);
        }

        if (range is null)
        {
            return (200, bytes);
        }

        var (from, to) = range["bytes=".Length..].Split('-') is ["", var last] ? (Math.Max(0, bytes.Length - Number(last)), bytes.Length)
            : range["bytes=".Length..].Split('-') is [var first, ""] ? (Number(first), bytes.Length)
            : (Number(range["bytes=".Length..].Split('-')[0]), Math.Min(bytes.Length, Number(range.Split('-')[1]) + 1));
        return from >= bytes.Length ? (416, []) : (from == 0 && to == bytes.Length ? 200 : 206, bytes[from..to]);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<(int Status, byte[] Body, long? Length)> AskAsync(string log, string? range, bool head)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Request.Method = head ? "HEAD" : "GET";
        context.Request.Headers.Range = range;
        context.Response.Body = body;
        try
        {
            Assert.True(await LiveLog.SendAsync(context, log));
            return (context.Response.StatusCode, body.ToArray(), context.Response.ContentLength);
        }
        catch (StorageFault fault)
        {
            return (fault.Code, [], null);
        }
    }

    private static async Task<byte[]> BytesAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, TestCloud.Cancel);
        return bytes.ToArray();
    }
}
