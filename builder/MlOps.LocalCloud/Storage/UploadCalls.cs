using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Storage;

/// <summary>Uploads: all bytes in one call (<c>media</c>, <c>multipart</c>), or a session of many (<c>resumable</c>).</summary>
internal sealed class UploadCalls(BucketStore buckets, ObjectStore objects, ObjectFiles files, UploadSessions sessions, bool createOnWrite)
{
    private const string DefaultType = "application/octet-stream";
    private readonly ResumableCalls _resumable = new(objects, sessions);

    public Task BeginAsync(HttpContext context, string bucket)
    {
        if (!createOnWrite && buckets.Find(bucket) is null)
        {
            throw StorageFault.NoBucket(bucket);
        }

        return context.Request.Query["uploadType"].ToString() switch
        {
            "media" => MediaAsync(context, bucket),
            "multipart" => MultipartAsync(context, bucket),
            "resumable" => BeginSessionAsync(context, bucket),
            var other => throw StorageFault.Invalid($"Invalid value for uploadType: '{other}'. Expected media, multipart or resumable."),
        };
    }

    public Task ContinueAsync(HttpContext context, string bucket) => _resumable.ContinueAsync(context, bucket);

    public Task AbandonAsync(HttpContext context, string bucket) => _resumable.AbandonAsync(context, bucket);

    private async Task MediaAsync(HttpContext context, string bucket)
    {
        var request = Request(context.Request, bucket, [], context.Request.ContentType);
        await WriteAsync(context, request, to => ContentHashes.CopyAsync(context.Request.Body, to, context.RequestAborted));
    }

    private async Task MultipartAsync(HttpContext context, string bucket)
    {
        var body = await RelatedBody.OpenAsync(context.Request, context.RequestAborted);
        var request = Request(context.Request, bucket, ObjectAttributes.Read(body.Resource), body.ContentType);
        await WriteAsync(context, request, to => body.CopyContentAsync(to, context.RequestAborted));
    }

    private async Task BeginSessionAsync(HttpContext context, string bucket)
    {
        var resource = await ObjectAttributes.ReadAsync(context.Request.Body, context.RequestAborted);
        var request = Request(context.Request, bucket, resource, context.Request.Headers["X-Upload-Content-Type"].ToString());
        var session = sessions.Begin(request);
        var path = $"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name={Uri.EscapeDataString(request.Name)}&upload_id={session.Id}";
        context.Response.Headers.Location = StorageApi.Origin(context.Request) + path;
        context.Response.Headers["X-GUploader-UploadID"] = session.Id;
    }

    private async Task WriteAsync(HttpContext context, UploadRequest request, Func<Stream, Task<ContentHashes>> copyAsync)
    {
        var staged = files.NewStaged();
        try
        {
            ContentHashes hashes;
            await using (var file = new FileStream(staged, FileMode.CreateNew, FileAccess.Write, FileShare.Read))
            {
                hashes = await copyAsync(file);
            }

            hashes.Verify(request.Md5, request.Crc32C);
            var written = await objects.WriteAsync(new(request.Bucket, request.Name, staged, hashes, request.Attributes, request.Preconditions), context.RequestAborted);
            await StorageApi.WriteAsync(context, Resources.Of(written, StorageApi.Origin(context.Request)));
        }
        catch (Exception e) when (e is StorageFault or BadHttpRequestException or OperationCanceledException)
        {
            File.Delete(staged);
            throw;
        }
    }

    /// <summary>What the call says of the object: in its parameters, its resource and its headers.</summary>
    private static UploadRequest Request(HttpRequest request, string bucket, JsonObject resource, string? contentType)
    {
        var name = request.Query["name"].ToString() is { Length: > 0 } given ? given : resource["name"]?.GetValue<string>();
        if (string.IsNullOrEmpty(name))
        {
            throw new StorageFault(400, "required", "Required: name");
        }

        if (System.Text.Encoding.UTF8.GetByteCount(name) > 1024 || name.AsSpan().ContainsAny('\r', '\n') || name is "." or ".." || name.Contains('\0', StringComparison.Ordinal))
        {
            throw StorageFault.Invalid("Disallowed unicode characters present in object name, or it is '.', '..' or longer than 1024 bytes.");
        }

        resource["contentType"] ??= string.IsNullOrEmpty(contentType) ? DefaultType : contentType;
        if (request.Query["contentEncoding"].ToString() is { Length: > 0 } encoding)
        {
            resource["contentEncoding"] = encoding;
        }

        var (md5, crc32c) = StatedHashes(request.Headers);
        return new(
            bucket, name, ObjectAttributes.OfObject(resource), Preconditions.Of(request.Query), resource["md5Hash"]?.GetValue<string>() ?? md5, resource["crc32c"]?.GetValue<string>() ?? crc32c);
    }

    /// <summary><c>X-Goog-Hash: crc32c=…,md5=…</c> and <c>Content-MD5</c>.</summary>
    private static (string? Md5, string? Crc32C) StatedHashes(IHeaderDictionary headers)
    {
        var stated = headers["X-Goog-Hash"].SelectMany(value => value!.Split(',', StringSplitOptions.TrimEntries)).ToList();
        return (Stated("md5=") ?? (string?)headers.ContentMD5, Stated("crc32c="));
        string? Stated(string kind) => stated.Find(value => value.StartsWith(kind, StringComparison.OrdinalIgnoreCase))?[kind.Length..];
    }
}
