using System.Text;
using MlOps.Google.Errors;
using MlOps.Google.Storage;
using static Google.Cloud.CloudBuild.V1.BuildOptions.Types;

namespace MlOps.Steps.Submit;

/// <summary>A build's log, an object in Storage that grows while the build runs.</summary>
internal sealed class LogObject(StorageClient storage, GcsUri place)
{
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();
    private long _read;

    /// <summary>Null where the build's log does not go to Storage.</summary>
    public static GcsUri? PlaceOf(BuildMessage build)
    {
        if (build.LogsBucket.Length == 0 || build.Options?.Logging is LoggingMode.None)
        {
            return null;
        }

        var bucket = build.LogsBucket.StartsWith("gs://", StringComparison.Ordinal) ? build.LogsBucket : "gs://" + build.LogsBucket;
        return GcsUri.TryParse(bucket, out var uri) ? uri.Below($"log-{build.Id}.txt") : null;
    }

    /// <summary>Tells every line that is there and was not told before.</summary>
    /// <param name="last">Nothing more will come: the last line is told also without its end.</param>
    /// <exception cref="CloudException">It may not be read.</exception>
    public async Task ReadAsync(Action<string> line, bool last, CancellationToken cancel)
    {
        while (await PartAsync(last, cancel) is { IsEmpty: false } part)
        {
            _read += part.Length;
            Tell(part.Span, line);
        }

        if (last && _line.Length > 0)
        {
            line(_line.ToString());
            _line.Clear();
        }
    }

    /// <summary>A passing fault is no end: the next look reads on.</summary>
    private async Task<ReadOnlyMemory<byte>> PartAsync(bool last, CancellationToken cancel)
    {
        try
        {
            return await storage.ReadGrowingAsync(place.Bucket, place.Name, _read, cancel);
        }
        catch (CloudException error) when (error.IsTransient && !last)
        {
            return default;
        }
    }

    private void Tell(ReadOnlySpan<byte> bytes, Action<string> line)
    {
        var text = new char[_utf8.GetCharCount(bytes, flush: false)];
        _utf8.GetChars(bytes, text, flush: false);
        ReadOnlySpan<char> rest = text;
        for (int end; (end = rest.IndexOf('\n')) >= 0; rest = rest[(end + 1)..])
        {
            _line.Append(rest[..end].TrimEnd('\r'));
            line(_line.ToString());
            _line.Clear();
        }

        _line.Append(rest);
    }
}
