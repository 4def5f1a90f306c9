using System.Globalization;
using System.Text;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets.Http;

/// <summary>Writes a body whose length is not known beforehand, in chunks.</summary>
internal sealed class ChunkWriter(Stream stream)
{
    private static readonly byte[] Last = "0\r\n\r\n"u8.ToArray();

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        if (content.IsEmpty)
        {
            // An empty chunk is the last.
            return;
        }

        var size = Encoding.ASCII.GetBytes(content.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n");
        var chunk = new byte[size.Length + content.Length + 2];
        size.CopyTo(chunk, 0);
        content.Span.CopyTo(chunk.AsSpan(size.Length));
        "\r\n"u8.CopyTo(chunk.AsSpan(size.Length + content.Length));
        await stream.WriteAsync(chunk, cancel);
    }

    public ValueTask EndAsync(CancellationToken cancel) => stream.WriteAsync(Last, cancel);
}
