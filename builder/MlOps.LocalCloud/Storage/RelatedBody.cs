using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Storage;

/// <summary>
/// The two parts of a <c>multipart/related</c> upload: a small JSON document, then the bytes to the end. Python's clients end
/// lines with a bare line feed, and gcloud quotes the boundary as Python does (<c>'…'</c>): the framework's reader refuses both.
/// </summary>
internal sealed partial class RelatedBody
{
    private const int LongestPreface = 1024 * 1024;
    private readonly Stream _body;
    private readonly byte[] _end;
    private byte[] _read = [];
    private int _start, _count;

    private RelatedBody(Stream body, string boundary) => (_body, _end) = (body, Encoding.ASCII.GetBytes($"\n--{boundary}--"));

    public byte[] Resource { get; private set; } = [];

    public string? ContentType { get; private set; }

    /// <summary>Reads up to the first byte of the content.</summary>
    public static async Task<RelatedBody> OpenAsync(HttpRequest request, CancellationToken cancel)
    {
        if (Boundary().Match(request.ContentType ?? "") is not { Success: true } match)
        {
            throw StorageFault.Invalid("A multipart upload has the content type multipart/related with a boundary.");
        }

        var boundary = match.Groups["boundary"].Value;
        var body = new RelatedBody(request.Body, boundary);
        await body.ReadPrefaceAsync("--" + boundary, cancel);
        return body;
    }

    /// <summary>The content, copied and hashed; the closing boundary is not part of it.</summary>
    public Task<ContentHashes> CopyContentAsync(Stream to, CancellationToken cancel) => ContentHashes.CopyAsync(ReadContentAsync, to, cancel);

    private async Task ReadPrefaceAsync(string delimiter, CancellationToken cancel)
    {
        await ReadUntilAsync(delimiter, cancel);
        await ReadHeadersAsync(cancel);
        Resource = Encoding.UTF8.GetBytes(await ReadUntilAsync(delimiter, cancel));
        ContentType = await ReadHeadersAsync(cancel);
    }

    private async Task<string> ReadUntilAsync(string delimiter, CancellationToken cancel)
    {
        var text = new StringBuilder();
        for (string line; (line = await ReadLineAsync(cancel)) != delimiter;)
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    private async Task<string?> ReadHeadersAsync(CancellationToken cancel)
    {
        string? type = null;
        for (string line; (line = await ReadLineAsync(cancel)).Length > 0;)
        {
            type = line.StartsWith("content-type:", StringComparison.OrdinalIgnoreCase) ? line["content-type:".Length..].Trim() : type;
        }

        return type;
    }

    private async Task<string> ReadLineAsync(CancellationToken cancel)
    {
        while (true)
        {
            var line = _read.AsMemory(_start, _count);
            var end = line.Span.IndexOf((byte)'\n');
            if (end >= 0)
            {
                (_start, _count) = (_start + end + 1, _count - end - 1);
                return Encoding.UTF8.GetString(line.Span[..end]).TrimEnd('\r');
            }

            if (_count > LongestPreface || !await FillAsync(cancel))
            {
                throw StorageFault.Invalid("The multipart body ends before its second part.");
            }
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancel)
    {
        _read.AsSpan(_start, _count).CopyTo(_read);
        _start = 0;
        if (_count == _read.Length)
        {
            Array.Resize(ref _read, Math.Max(128 * 1024, _count * 2));
        }

        var read = await _body.ReadAsync(_read.AsMemory(_count), cancel);
        _count += read;
        return read > 0;
    }

    /// <summary>What is certainly content: all but so many last bytes as the closing boundary may take.</summary>
    private async ValueTask<int> ReadContentAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        var held = _end.Length + 4;
        while (_count <= held)
        {
            if (!await FillAsync(cancel))
            {
                return Drain(buffer);
            }
        }

        return Take(buffer, _count - held);
    }

    private int Drain(Memory<byte> buffer)
    {
        var end = _read.AsSpan(_start, _count).LastIndexOf(_end);
        if (end < 0)
        {
            throw StorageFault.Invalid("The multipart body does not end with its boundary.");
        }

        var content = end > 0 && _read[_start + end - 1] == '\r' ? end - 1 : end;
        if (content > buffer.Length)
        {
            throw StorageFault.Invalid("The multipart body does not end with its boundary.");
        }

        var taken = Take(buffer, content);
        _read = [.. _end];
        (_start, _count) = (0, _end.Length);
        return taken;
    }

    private int Take(Memory<byte> buffer, int most)
    {
        var size = Math.Min(most, buffer.Length);
        _read.AsSpan(_start, size).CopyTo(buffer.Span);
        (_start, _count) = (_start + size, _count - size);
        return size;
    }

    [GeneratedRegex("""^multipart/related\s*;(.*;)?\s*boundary=("(?<boundary>[^"]+)"|'(?<boundary>[^']+)'|(?<boundary>[^\s;"']+))\s*(;|$)""", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Boundary();
}
