using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MlOps.Google.Errors;
using MlOps.Google.Http;

namespace MlOps.Google.Storage;

/// <content>Uploads: what is in memory in one request, files in a resumable session.</content>
public sealed partial class StorageClient
{
    /// <summary>Files of at most so many bytes go in one request.</summary>
    private const long Small = 8 * 1024 * 1024;

    /// <summary>The size (bytes) of one request of a resumable upload, a multiple of 256 KiB.</summary>
    public int ChunkSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>Writes an object whole or not at all; the service compares the CRC-32C that is sent with it.</summary>
    /// <exception cref="PreconditionFailedException">It has another generation than <see cref="UploadOptions.IfGenerationMatch"/>.</exception>
    public async Task<StorageObject> UploadAsync(string bucket, string name, ReadOnlyMemory<byte> content, CancellationToken cancel, UploadOptions? options = null)
    {
        var how = options ?? new UploadOptions();
        var crc = Crc32c.Base64Of(content.Span);
        var metadata = JsonSerializer.SerializeToUtf8Bytes(new ObjectToWrite(name, how.ContentType, crc, how.Metadata), StorageJson.Default.ObjectToWrite);
        using var response = await SendAsync(HttpMethod.Post, UploadPath(bucket, "multipart", how), () => Related(metadata, content, how.ContentType), LargestAnswer, cancel);
        if (response.StatusCode == HttpStatusCode.PreconditionFailed && HttpTransport.Attempt(response) > 1 && await WrittenBeforeAsync(bucket, name, crc, content.Length, how, cancel) is { } written)
        {
            return written;
        }

        return Checked(await ReadAsync(response, StorageJson.Default.StorageObject, $"write gs://{bucket}/{name}", cancel), crc);
    }

    /// <summary>Writes a file as an object, resumed where a connection drops.</summary>
    /// <exception cref="PreconditionFailedException">It has another generation than <see cref="UploadOptions.IfGenerationMatch"/>.</exception>
    public async Task<StorageObject> UploadFileAsync(string bucket, string name, string path, CancellationToken cancel, UploadOptions? options = null)
    {
        var length = new FileInfo(path).Length;
        if (length <= Small)
        {
            return await UploadAsync(bucket, name, await File.ReadAllBytesAsync(path, cancel), cancel, options);
        }

        var how = options ?? new UploadOptions();
        var crc = await CrcOfFileAsync(path, cancel);
        var metadata = JsonSerializer.SerializeToUtf8Bytes(new ObjectToWrite(name, how.ContentType, crc, how.Metadata), StorageJson.Default.ObjectToWrite);
        var what = $"write gs://{bucket}/{name}";
        var upload = new ResumableUpload(_http, _host, token => BeginAsync(UploadPath(bucket, "resumable", how), metadata, what, token), path, length, ChunkSize, what);
        return Checked(await upload.RunAsync(cancel), crc);
    }

    private async Task<Uri> BeginAsync(string path, byte[] metadata, string what, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Post, path, () => JsonContent(metadata), LargestAnswer, cancel);
        if (!response.IsSuccessStatusCode || response.Headers.Location is not { } location)
        {
            throw await FailureAsync(response, what, cancel);
        }

        var session = new Uri(_host.Base, location);
        await Destination.CheckAsync(_host, session, "an upload address", _http.Resolve, cancel);
        return session;
    }

    private static string UploadPath(string bucket, string type, UploadOptions how) =>
        $"/upload/storage/v1/b/{Escaped(bucket)}/o?uploadType={type}{(how.IfGenerationMatch is { } generation ? $"&ifGenerationMatch={generation}" : "")}";

    private static MultipartContent Related(byte[] metadata, ReadOnlyMemory<byte> content, string contentType)
    {
        var media = new ReadOnlyMemoryContent(content);
        media.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        var both = Http.Multipart.Of("related");
        both.Add(JsonContent(metadata));
        both.Add(media);
        return both;
    }

    /// <summary>
    /// An attempt of ours whose answer was lost may have written: the object then holds our very bytes in a later generation.
    /// Somebody else who wrote the same bytes meant the same state.
    /// </summary>
    private async Task<StorageObject?> WrittenBeforeAsync(string bucket, string name, string crc, long size, UploadOptions how, CancellationToken cancel) =>
        await GetAsync(bucket, name, cancel) is { } found && found.Crc32c == crc && found.Size == size && found.Generation > how.IfGenerationMatch ? found : null;

    private StorageObject Checked(StorageObject written, string crc) => written.Crc32c is null || written.Crc32c == crc
        ? written
        : throw new CloudException(global::Grpc.Core.StatusCode.DataLoss, _host.Name, $"{_host}: {written.Uri} was written with the CRC-32C {written.Crc32c}, not {crc}. Write it again.");

    private static async Task<string> CrcOfFileAsync(string path, CancellationToken cancel)
    {
        var crc = new Crc32c();
        var buffer = new byte[256 * 1024];
        await using var file = File.OpenRead(path);
        for (int read; (read = await file.ReadAsync(buffer, cancel)) > 0;)
        {
            crc.Add(buffer.AsSpan(0, read));
        }

        return crc.Base64();
    }
}
