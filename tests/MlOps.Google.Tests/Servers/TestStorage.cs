using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using MlOps.Google.Storage;

namespace MlOps.Google.Tests.Servers;

/// <summary>Cloud Storage's JSON API in memory: generations, preconditions, checksums, ranges, resumable uploads that keep multiples of 256 KiB.</summary>
internal sealed class TestStorage : IAsyncDisposable
{
    private const int Granule = 256 * 1024;
    private readonly ConcurrentDictionary<string, Stored> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long _generation = 1_700_000_000_000_000;

    public TestServer Server { get; private set; } = null!;

    public int PageSize { get; init; } = 1000;

    /// <summary>Where a resumable upload is said to be; the server itself by default.</summary>
    public Uri? Elsewhere { get; set; }

    public ConcurrentDictionary<string, string> Buckets { get; } = new(StringComparer.Ordinal);

    public GcpEndpoint Endpoint => GcpEndpoint.Local(Server.Address, Server.Address);

    public static Task<TestStorage> StartAsync() => StartAsync(new TestStorage());

    public static async Task<TestStorage> StartAsync(TestStorage storage)
    {
        storage.Server = await TestServer.StartAsync(storage.HandleAsync);
        storage.Buckets["bucket"] = "us-central1";
        return storage;
    }

    public byte[] this[string name] => _objects[name].Bytes;

    public StorageClient Client(TimeProvider? time = null) => new(Endpoint, Clients.Policy(time));

    public void ForgetSessions() => _sessions.Clear();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var parts = (request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget.Split('?')[0]).Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        await ((request.Method, parts) switch
        {
            ("POST", ["storage", "v1", "b"]) => CreateBucketAsync(context),
            ("GET", ["storage", "v1", "b", var bucket]) => BucketAsync(context, bucket),
            ("GET", ["storage", "v1", "b", _, "o"]) => ListAsync(context),
            ("GET", ["storage", "v1", "b", _, "o", var name]) when request.Query["alt"] == "media" => DownloadAsync(context, name),
            ("GET", ["storage", "v1", "b", _, "o", var name]) => MetadataAsync(context, name),
            ("DELETE", ["storage", "v1", "b", _, "o", var name]) => DeleteAsync(context, name),
            ("POST", ["upload", "storage", "v1", "b", var bucket, "o"]) when !Buckets.ContainsKey(bucket) => ErrorAsync(context, 404, "The specified bucket does not exist."),
            ("POST", ["upload", ..]) when request.Query["uploadType"] == "multipart" => MultipartAsync(context),
            ("POST", ["upload", ..]) when request.Query["uploadType"] == "resumable" => BeginAsync(context),
            ("PUT", ["upload", "session", var id]) => ContinueAsync(context, id),
            _ => ErrorAsync(context, 404, "Not Found"),
        });
    }

    private async Task CreateBucketAsync(HttpContext context)
    {
        var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var name = (string)body!["name"]!;
        await (Buckets.TryAdd(name, (string?)body["location"] ?? "US") ? BucketAsync(context, name) : ErrorAsync(context, 409, "Your previous request to create the named bucket succeeded and you already own it."));
    }

    private Task BucketAsync(HttpContext context, string bucket) => Buckets.TryGetValue(bucket, out var location)
        ? JsonAsync(context, new JsonObject { ["kind"] = "storage#bucket", ["name"] = bucket, ["location"] = location, ["timeCreated"] = "2025-01-01T00:00:00.000Z" })
        : ErrorAsync(context, 404, "The specified bucket does not exist.");

    private Task ListAsync(HttpContext context)
    {
        var (prefix, after) = (context.Request.Query["prefix"].ToString(), context.Request.Query["pageToken"].ToString());
        var names = _objects.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(name, after) > 0).Order(StringComparer.Ordinal).ToArray();
        var answer = new JsonObject { ["kind"] = "storage#objects" };
        if (names.Length > 0)
        {
            answer["items"] = new JsonArray([.. names.Take(PageSize).Select(name => _objects[name].Json(name))]);
        }

        if (names.Length > PageSize)
        {
            answer["nextPageToken"] = names[PageSize - 1];
        }

        return JsonAsync(context, answer);
    }

    private Task MetadataAsync(HttpContext context, string name) => _objects.TryGetValue(name, out var stored) ? JsonAsync(context, stored.Json(name)) : ErrorAsync(context, 404, "No such object");

    private async Task DownloadAsync(HttpContext context, string name)
    {
        if (!_objects.TryGetValue(name, out var stored) || (long.TryParse(context.Request.Query["generation"], CultureInfo.InvariantCulture, out var asked) && asked != stored.Generation))
        {
            await ErrorAsync(context, 404, "No such object");
            return;
        }

        var (from, to) = (0L, (long)stored.Bytes.Length - 1);
        if (context.Request.GetTypedHeaders().Range?.Ranges.Single() is { } range)
        {
            (from, to) = (range.From ?? 0, Math.Min(range.To ?? to, to));
            if (from >= stored.Bytes.Length)
            {
                await ErrorAsync(context, 416, "The requested range cannot be satisfied.");
                return;
            }

            context.Response.StatusCode = 206;
        }

        context.Response.Headers["x-goog-generation"] = stored.Generation.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.Append("x-goog-hash", $"crc32c={Crc32c.Base64Of(stored.Bytes)}");
        context.Response.Headers.Append("x-goog-hash", $"md5={Convert.ToBase64String(MD5.HashData(stored.Bytes))}");
        context.Response.ContentLength = to - from + 1;
        await context.Response.Body.WriteAsync(stored.Bytes.AsMemory((int)from, (int)(to - from + 1)), context.RequestAborted);
    }

    private Task DeleteAsync(HttpContext context, string name)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(name, out var stored))
            {
                return ErrorAsync(context, 404, "No such object");
            }

            if (!Matches(context.Request, stored))
            {
                return ErrorAsync(context, 412, "At least one of the pre-conditions you specified did not hold.");
            }

            _objects.TryRemove(name, out _);
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        }
    }

    private async Task MultipartAsync(HttpContext context)
    {
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(context.Request.ContentType).Boundary).Value!;
        var reader = new MultipartReader(boundary, context.Request.Body);
        var metadata = await JsonNode.ParseAsync((await reader.ReadNextSectionAsync(context.RequestAborted))!.Body, cancellationToken: context.RequestAborted);
        using var media = new MemoryStream();
        await (await reader.ReadNextSectionAsync(context.RequestAborted))!.Body.CopyToAsync(media, context.RequestAborted);
        await StoreAsync(context, metadata!, media.ToArray(), context.Request.Query["ifGenerationMatch"]);
    }

    private async Task BeginAsync(HttpContext context)
    {
        var id = Guid.NewGuid().ToString("N");
        _sessions[id] = new Session((await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!, context.Request.Query["ifGenerationMatch"], new MemoryStream());
        context.Response.Headers.Location = $"{(Elsewhere ?? Server.Address).AbsoluteUri}upload/session/{id}";
    }

    private async Task ContinueAsync(HttpContext context, string id)
    {
        if (!_sessions.TryGetValue(id, out var session))
        {
            await ErrorAsync(context, 410, "The requested session is gone.");
            return;
        }

        if (session.Done is { } done)
        {
            await JsonAsync(context, done.Json((string)session.Metadata["name"]!));
            return;
        }

        var range = context.Request.Headers.ContentRange.ToString()["bytes ".Length..];
        if (!range.StartsWith('*') && !range.StartsWith($"{session.Bytes.Length}-", StringComparison.Ordinal))
        {
            await ErrorAsync(context, 503, "Invalid request. The number of bytes uploaded is required to be equal or greater.");
            return;
        }

        try
        {
            await context.Request.Body.CopyToAsync(session.Bytes, context.RequestAborted);
        }
        catch (IOException)
        {
            session.Bytes.SetLength(session.Bytes.Length / Granule * Granule);
            throw;
        }

        if (session.Bytes.Length == long.Parse(range.Split('/')[1], CultureInfo.InvariantCulture))
        {
            await StoreAsync(context, session.Metadata, session.Bytes.ToArray(), session.Condition, stored => session.Done = stored);
            return;
        }

        context.Response.StatusCode = 308;
        if (session.Bytes.Length > 0)
        {
            context.Response.Headers.Range = $"bytes=0-{session.Bytes.Length - 1}";
        }
    }

    private async Task StoreAsync(HttpContext context, JsonNode metadata, byte[] bytes, string? condition, Action<Stored>? done = null)
    {
        var name = (string)metadata["name"]!;
        Stored? stored = null;
        if ((string?)metadata["crc32c"] is { } crc && crc != Crc32c.Base64Of(bytes))
        {
            await ErrorAsync(context, 400, "Provided CRC32C doesn't match calculated CRC32C.");
            return;
        }

        lock (_lock)
        {
            var current = _objects.GetValueOrDefault(name)?.Generation ?? 0;
            if (string.IsNullOrEmpty(condition) || current == long.Parse(condition, CultureInfo.InvariantCulture))
            {
                _objects[name] = stored = new Stored(bytes, ++_generation, (string?)metadata["contentType"] ?? "", metadata["metadata"]?.DeepClone());
                done?.Invoke(stored);
            }
        }

        await (stored is null ? ErrorAsync(context, 412, "At least one of the pre-conditions you specified did not hold.") : JsonAsync(context, stored.Json(name)));
    }

    private static bool Matches(HttpRequest request, Stored stored) =>
        !long.TryParse(request.Query["ifGenerationMatch"], CultureInfo.InvariantCulture, out var wanted) || wanted == stored.Generation;

    private static Task JsonAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json; charset=UTF-8";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    private static Task ErrorAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(JsonSerializer.Serialize(new { error = new { code = status, message, errors = new[] { new { message, domain = "global" } } } }), context.RequestAborted);
    }

    private sealed record Session(JsonNode Metadata, string? Condition, MemoryStream Bytes)
    {
        public Stored? Done { get; set; }
    }

    private sealed record Stored(byte[] Bytes, long Generation, string ContentType, JsonNode? Metadata)
    {
        public JsonObject Json(string name) => new()
        {
            ["kind"] = "storage#object",
            ["bucket"] = "bucket",
            ["name"] = name,
            ["generation"] = Generation.ToString(CultureInfo.InvariantCulture),
            ["metageneration"] = "1",
            ["size"] = Bytes.Length.ToString(CultureInfo.InvariantCulture),
            ["md5Hash"] = Convert.ToBase64String(MD5.HashData(Bytes)),
            ["crc32c"] = Crc32c.Base64Of(Bytes),
            ["contentType"] = ContentType,
            ["metadata"] = Metadata?.DeepClone(),
            ["timeCreated"] = "2025-01-01T00:00:00.000Z",
            ["updated"] = "2025-01-01T00:00:00.000Z",
        };
    }
}
