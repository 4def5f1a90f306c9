using System.Globalization;
using System.Text;
using CsCheck;
using MlOps.LocalCloud.CloudBuild.EngineSockets.Http;

namespace MlOps.LocalCloud.Tests.CloudBuild.EngineSockets;

/// <summary>However the network cuts a connection's bytes, the messages in it are the same.</summary>
public sealed class HttpReaderTests
{
    private static readonly Gen<byte[]> Content = Gen.Byte.Array[0, 300];

    private static readonly Gen<(byte[] Bytes, byte[] Content)> Message = Gen.Select(
        Gen.OneOf(
            Content.Select(content => (Encode("", $"Content-Length: {content.Length}\r\n", content), content)),
            Gen.Select(Content, Gen.Int[1, 40], Gen.Bool, Gen.Bool).Select((content, size, extension, trailer) => (Encode("", "Transfer-Encoding: chunked\r\n", Chunked(content, size, extension, trailer)), content)),
            Gen.Const((Encode("", "X-None: 1\r\n", []), Array.Empty<byte>()))),
        Gen.Bool).Select((message, blank) => (blank ? [.. "\r\n"u8, .. message.Item1] : message.Item1, message.Item2));

    [Fact]
    public async Task Messages_are_the_same_however_their_bytes_are_split() => await Gen.Select(Message.Array[1, 5], Gen.Int[1, 70].Array[1, 30], Content).SampleAsync(async (messages, pieces, rest) =>
    {
        byte[] all = [.. messages.SelectMany(message => message.Bytes), .. rest];
        var reader = new HttpReader(new Pieces(all, pieces));
        foreach (var (_, content) in messages)
        {
            var head = (await reader.HeadAsync(CancellationToken.None))!;
            Assert.Equal("/x", head.Target);
            Assert.Equal(content, await reader.ReadBodyAsync(HttpBody.OfRequest(head), int.MaxValue, CancellationToken.None));
        }

        // What follows an upgrade is nobody's message.
        using var left = new MemoryStream();
        await reader.CopyToEndAsync(left, CancellationToken.None);
        Assert.Equal(rest, left.ToArray());
    }, iter: 2000);

    [Fact]
    public async Task A_body_is_handed_on_byte_for_byte() => await Gen.Select(Message, Gen.Int[1, 70].Array[1, 30]).SampleAsync(async (message, pieces) =>
    {
        var reader = new HttpReader(new Pieces(message.Bytes, pieces));
        var head = (await reader.HeadAsync(CancellationToken.None))!;
        using var copied = new MemoryStream();
        await copied.WriteAsync(head.ToBytes(), TestCloud.Cancel);
        await reader.CopyBodyAsync(HttpBody.OfRequest(head), copied, CancellationToken.None);
        Assert.Equal(Encoding.Latin1.GetString(message.Bytes).TrimStart('\r', '\n'), Encoding.Latin1.GetString(copied.ToArray()));
        Assert.Null(await reader.HeadAsync(CancellationToken.None));
    }, iter: 2000);

    [Fact]
    public async Task Bytes_that_are_no_HTTP_are_refused_or_read_but_never_anything_else() => await Gen.Select(Gen.OneOf(Content, Message.Select(message => message.Bytes)), Gen.Int[0, 400], Gen.Byte, Gen.Int[1, 70].Array[1, 5]).SampleAsync(async (sample, at, changed, pieces) =>
    {
        byte[] bytes = [.. sample];
        if (bytes.Length > 0)
        {
            bytes[at % bytes.Length] = changed;
        }

        var reader = new HttpReader(new Pieces(bytes, pieces));
        try
        {
            while (await reader.HeadAsync(CancellationToken.None) is { } head)
            {
                await reader.ReadBodyAsync(HttpBody.OfRequest(head), int.MaxValue, CancellationToken.None);
            }
        }
        catch (Exception refused) when (refused is HttpFault or EndOfStreamException)
        {
        }
    }, iter: 5000);

    [Fact]
    public async Task What_is_written_in_chunks_is_read_back() => await Content.Array[0, 10].SampleAsync(async pieces =>
    {
        using var written = new MemoryStream();
        var chunks = new ChunkWriter(written);
        foreach (var piece in pieces)
        {
            await chunks.WriteAsync(piece, CancellationToken.None);
        }

        await chunks.EndAsync(CancellationToken.None);
        var reader = new HttpReader(new MemoryStream(written.ToArray()));
        Assert.Equal(pieces.SelectMany(piece => piece), await reader.ReadBodyAsync(new HttpBody(BodyKind.Chunked), int.MaxValue, CancellationToken.None));
    }, iter: 500);

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n")]
    [InlineData("Content-Length: -5\r\n")]
    [InlineData("Transfer-Encoding: gzip, chunked\r\n")]
    public void A_length_that_can_be_read_in_two_ways_is_refused(string headers) =>
        Assert.Equal(400, Assert.Throws<HttpFault>(() => HttpBody.OfRequest(HttpHead.Parse(Encode("", headers, [])))).Status);

    [Fact]
    public async Task Headers_without_an_end_are_refused()
    {
        var endless = Encoding.ASCII.GetBytes("GET /x HTTP/1.1\r\nX: " + new string('a', 600_000));
        Assert.Equal(431, (await Assert.ThrowsAsync<HttpFault>(() => new HttpReader(new MemoryStream(endless)).HeadAsync(CancellationToken.None))).Status);
    }

    private static byte[] Encode(string before, string headers, byte[] body) => [.. Encoding.ASCII.GetBytes($"{before}POST /x HTTP/1.1\r\nHost: e\r\n{headers}\r\n"), .. body];

    private static byte[] Chunked(byte[] content, int size, bool extension, bool trailer)
    {
        using var all = new MemoryStream();
        foreach (var chunk in content.Chunk(size))
        {
            all.Write(Encoding.ASCII.GetBytes(chunk.Length.ToString(extension ? "X4" : "x", CultureInfo.InvariantCulture) + (extension ? ";name=\"value\"" : "") + "\r\n"));
            all.Write(chunk);
            all.Write("\r\n"u8);
        }

        all.Write(Encoding.ASCII.GetBytes("0\r\n" + (trailer ? "X-Sum: 1\r\n" : "") + "\r\n"));
        return all.ToArray();
    }

    /// <summary>A connection that brings its bytes in pieces of given sizes.</summary>
    private sealed class Pieces(byte[] bytes, int[] sizes) : MemoryStream(bytes)
    {
        private int _next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, sizes[_next++ % sizes.Length])], cancellationToken);
    }
}
