using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MlOps.LocalCloud.Storage;

/// <summary>The calls on a resumable upload's session: chunks, the question how far it is, the end.</summary>
internal sealed class ResumableCalls(ObjectStore objects, UploadSessions sessions)
{
    private const int Incomplete = 308, ClientClosed = 499;
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);

    /// <summary>A chunk (<c>Content-Range: bytes A-B/N</c>, N may be <c>*</c>), the whole (no such header), or a question (<c>bytes */N</c>).</summary>
    public async Task ContinueAsync(HttpContext context, string bucket)
    {
        var session = sessions.Get(bucket, context.Request.Query["upload_id"].ToString());
        var gate = _gates.GetOrAdd(session.Id, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(context.RequestAborted);
        try
        {
            await ContinueAloneAsync(context, sessions.Get(bucket, session.Id));
        }
        finally
        {
            gate.Release();
        }
    }

    public Task AbandonAsync(HttpContext context, string bucket)
    {
        sessions.Forget(sessions.Get(bucket, context.Request.Query["upload_id"].ToString()));
        context.Response.StatusCode = ClientClosed;
        return Task.CompletedTask;
    }

    private async Task ContinueAloneAsync(HttpContext context, UploadSession session)
    {
        if (session.Result is not null)
        {
            await StorageApi.WriteAsync(context, JsonNode.Parse(session.Result)!.AsObject());
            return;
        }

        var range = Range(context.Request);
        var total = range is null ? null : range.Length;
        if (range is null || range.HasRange)
        {
            await AppendAsync(context, session, range?.From ?? 0, range?.To);
            total = range is null ? Received(session) : range.Length;
        }

        if (total == Received(session))
        {
            await FinishAsync(context, session);
        }
        else
        {
            AnswerIncomplete(context.Response, Received(session));
        }
    }

    private long Received(UploadSession session) => new FileInfo(sessions.Staged(session)).Length;

    /// <summary>Bytes that are here already are skipped; what arrives is kept even if the connection breaks.</summary>
    private async Task AppendAsync(HttpContext context, UploadSession session, long first, long? last)
    {
        await using var file = new FileStream(sessions.Staged(session), FileMode.Open, FileAccess.Write, FileShare.Read);
        if (first > file.Length)
        {
            throw new StorageFault(503, "backendError", $"The chunk begins at {first}, but only {file.Length} bytes are here: ask how far the upload is.");
        }

        file.Seek(first, SeekOrigin.Begin);
        await context.Request.Body.CopyToAsync(file, context.RequestAborted);
        if (last is not null && file.Position != last + 1)
        {
            throw StorageFault.Invalid($"Content-Range says bytes {first}-{last}, but {file.Position - first} bytes came.");
        }
    }

    private async Task FinishAsync(HttpContext context, UploadSession session)
    {
        var request = session.Request;
        try
        {
            var hashes = await ContentHashes.OfAsync(sessions.Staged(session), context.RequestAborted);
            hashes.Verify(request.Md5, request.Crc32C);
            var written = await objects.WriteAsync(
                new(request.Bucket, request.Name, sessions.Staged(session), hashes, request.Attributes, request.Preconditions), context.RequestAborted);
            var resource = Resources.Of(written, StorageApi.Origin(context.Request));
            sessions.Finish(session, resource.ToJsonString());
            _gates.TryRemove(session.Id, out _);
            await StorageApi.WriteAsync(context, resource);
        }
        catch (StorageFault)
        {
            sessions.Forget(session);
            throw;
        }
    }

    private static ContentRangeHeaderValue? Range(HttpRequest request)
    {
        var text = request.Headers.ContentRange.ToString();
        if (text is "" or "bytes */*")
        {
            return text.Length == 0 ? null : new ContentRangeHeaderValue(long.MaxValue);
        }

        return ContentRangeHeaderValue.TryParse(text, out var range) && range.Unit == "bytes"
            ? range
            : throw StorageFault.Invalid($"Failed to parse Content-Range header: '{text}'.");
    }

    private static void AnswerIncomplete(HttpResponse response, long received)
    {
        response.StatusCode = Incomplete;
        if (received > 0)
        {
            response.Headers.Range = $"bytes=0-{received - 1}";
        }
    }
}
