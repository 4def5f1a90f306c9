using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using MlOps.Core.Images;
using MlOps.Google.Registry;

namespace MlOps.Google.Tests.Servers;

/// <summary>A strict OCI registry in memory: what it is sent must be right to the byte, and it keeps what arrived of a broken upload.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Repository> _repositories = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MemoryStream> _uploads = new(StringComparer.Ordinal);

    public TestServer Server { get; private set; } = null!;

    public string Host => Server.Host;

    /// <summary>Asked before anything else; answers by itself (401) and returns false where the request may not pass.</summary>
    public Func<HttpContext, Task<bool>>? Guard { get; set; }

    /// <summary>Where uploads and next pages are said to be; the registry itself by default.</summary>
    public Uri? Elsewhere { get; set; }

    public bool KnowsReferrers { get; init; } = true;

    public bool Mounts { get; init; } = true;

    public bool AnnouncesDigests { get; init; } = true;

    public bool HonoursRanges { get; init; } = true;

    public int PageSize { get; init; } = 1000;

    public static Task<TestRegistry> StartAsync() => StartAsync(new TestRegistry());

    public static async Task<TestRegistry> StartAsync(TestRegistry registry)
    {
        registry.Server = await TestServer.StartAsync(registry.HandleAsync);
        return registry;
    }

    public Repository this[string name] => _repositories.GetOrAdd(name, _ => new Repository());

    public ImageReference Image(string path) => ImageReference.Parse($"{Host}/{path}");

    /// <summary>Forgets every open upload, as a registry does after a while.</summary>
    public void ForgetUploads() => _uploads.Clear();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        if (Guard is not null && !await Guard(context))
        {
            return;
        }

        var parts = context.Request.Path.Value!.TrimStart('/').Split('/');
        if (parts is ["v2", ""] or ["v2"])
        {
            return;
        }

        var kind = Array.FindLastIndex(parts, part => part is "blobs" or "manifests" or "tags" or "referrers");
        var (name, rest) = (string.Join('/', parts[1..kind]), parts[(kind + 1)..]);
        await ((parts[kind], rest) switch
        {
            ("blobs", ["uploads", ..]) => UploadAsync(context, name, rest.Length > 1 ? rest[1] : ""),
            ("blobs", [var digest]) => BlobAsync(context, name, digest),
            ("manifests", [var reference]) => ManifestAsync(context, name, reference),
            ("tags", ["list"]) => TagsAsync(context, name),
            ("referrers", [var digest]) when KnowsReferrers => ReferrersAsync(context, name, digest),
            _ => ErrorAsync(context, 404, "NOT_FOUND"),
        });
    }

    private async Task UploadAsync(HttpContext context, string name, string id)
    {
        var request = context.Request;
        if (request.Method == "POST")
        {
            if (Mounts && request.Query["mount"] is [{ } digest] && request.Query["from"] is [{ } from] && this[from].Blobs.TryGetValue(digest, out var blob))
            {
                this[name].Blobs[digest] = blob;
                context.Response.StatusCode = 201;
                context.Response.Headers.Location = $"/v2/{name}/blobs/{digest}";
                return;
            }

            id = Guid.NewGuid().ToString("N");
            _uploads[id] = new MemoryStream();
            Accepted(context, name, id);
            return;
        }

        if (!_uploads.TryGetValue(id, out var upload) || request.Query["state"] != $"{id}-kept")
        {
            await ErrorAsync(context, 404, "BLOB_UPLOAD_UNKNOWN");
            return;
        }

        switch (request.Method)
        {
            case "GET":
                Accepted(context, name, id);
                context.Response.StatusCode = 204;
                break;
            case "PATCH" when request.Headers.ContentRange is [{ } range] && !range.StartsWith($"{upload.Length}-", StringComparison.Ordinal):
                await ErrorAsync(context, 416, "BLOB_UPLOAD_INVALID");
                break;
            case "PATCH":
                await request.Body.CopyToAsync(upload, context.RequestAborted);
                Accepted(context, name, id);
                break;
            case "DELETE":
                _uploads.TryRemove(id, out _);
                context.Response.StatusCode = 204;
                break;
            default:
                await request.Body.CopyToAsync(upload, context.RequestAborted);
                await EndAsync(context, name, upload.ToArray(), request.Query["digest"].ToString());
                _uploads.TryRemove(id, out _);
                break;
        }
    }

    private void Accepted(HttpContext context, string name, string id)
    {
        context.Response.StatusCode = 202;
        context.Response.Headers.Location = $"{Elsewhere?.AbsoluteUri.TrimEnd('/')}/v2/{name}/blobs/uploads/{id}?state={id}-kept";
        context.Response.Headers.Range = $"0-{Math.Max(0, _uploads[id].Length - 1)}";
    }

    private Task EndAsync(HttpContext context, string name, byte[] bytes, string digest)
    {
        if (Digest.Of(bytes).ToString() != digest)
        {
            return ErrorAsync(context, 400, "DIGEST_INVALID", "provided digest did not match uploaded content");
        }

        this[name].Blobs[digest] = bytes;
        this[name].Commits.AddOrUpdate(digest, 1, (_, count) => count + 1);
        context.Response.StatusCode = 201;
        context.Response.Headers.Location = $"/v2/{name}/blobs/{digest}";
        return Task.CompletedTask;
    }

    private async Task BlobAsync(HttpContext context, string name, string digest)
    {
        if (!this[name].Blobs.TryGetValue(digest, out var bytes))
        {
            await ErrorAsync(context, 404, "BLOB_UNKNOWN");
            return;
        }

        var from = 0;
        if (HonoursRanges && context.Request.GetTypedHeaders().Range?.Ranges.SingleOrDefault() is { From: { } first })
        {
            from = (int)first;
            if (from >= bytes.Length)
            {
                context.Response.StatusCode = 416;
                return;
            }

            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{bytes.Length - 1}/{bytes.Length}";
        }

        context.Response.ContentLength = bytes.Length - from;
        if (context.Request.Method != "HEAD")
        {
            await context.Response.Body.WriteAsync(bytes.AsMemory(from), context.RequestAborted);
        }
    }

    private async Task ManifestAsync(HttpContext context, string name, string reference)
    {
        var repository = this[name];
        if (context.Request.Method == "PUT")
        {
            await PutManifestAsync(context, repository, reference);
            return;
        }

        var digest = repository.Tags.GetValueOrDefault(reference, reference);
        if (!repository.Manifests.TryGetValue(digest, out var manifest))
        {
            await ErrorAsync(context, 404, "MANIFEST_UNKNOWN", "manifest unknown");
            return;
        }

        context.Response.ContentType = manifest.MediaType;
        context.Response.ContentLength = manifest.Bytes.Length;
        if (AnnouncesDigests)
        {
            context.Response.Headers["Docker-Content-Digest"] = digest;
        }

        if (context.Request.Method != "HEAD")
        {
            await context.Response.Body.WriteAsync(manifest.Bytes, context.RequestAborted);
        }
    }

    private async Task PutManifestAsync(HttpContext context, Repository repository, string reference)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var (bytes, json) = (body.ToArray(), JsonNode.Parse(body.ToArray())!);
        var digest = Digest.Of(bytes).ToString();
        if (reference.Contains(':', StringComparison.Ordinal) && reference != digest)
        {
            await ErrorAsync(context, 400, "DIGEST_INVALID");
            return;
        }

        if ((string?)json["mediaType"] is { } type && type != context.Request.ContentType)
        {
            await ErrorAsync(context, 400, "MANIFEST_INVALID", "media types differ");
            return;
        }

        if (Missing(repository, json) is { } missing)
        {
            await ErrorAsync(context, 404, "MANIFEST_BLOB_UNKNOWN", $"blob unknown to registry: {missing}");
            return;
        }

        repository.Manifests[digest] = (context.Request.ContentType!, bytes);
        if (reference != digest)
        {
            repository.Tags[reference] = digest;
        }

        context.Response.StatusCode = 201;
        context.Response.Headers["Docker-Content-Digest"] = digest;
        if (KnowsReferrers && (string?)json["subject"]?["digest"] is { } subject)
        {
            context.Response.Headers["OCI-Subject"] = subject;
        }
    }

    private static string? Missing(Repository repository, JsonNode json)
    {
        string?[] blobs = [(string?)json["config"]?["digest"], .. (json["layers"] as JsonArray ?? []).Where(layer => !MediaTypes.IsForeign((string)layer!["mediaType"]!)).Select(layer => (string?)layer!["digest"])];
        string?[] manifests = [.. (json["manifests"] as JsonArray ?? []).Select(child => (string?)child!["digest"])];
        return blobs.FirstOrDefault(digest => digest is not null && !repository.Blobs.ContainsKey(digest))
            ?? manifests.FirstOrDefault(digest => digest is not null && !repository.Manifests.ContainsKey(digest));
    }

    private async Task TagsAsync(HttpContext context, string name)
    {
        if (!_repositories.TryGetValue(name, out var repository))
        {
            await ErrorAsync(context, 404, "NAME_UNKNOWN");
            return;
        }

        var last = context.Request.Query["last"].ToString();
        var page = repository.Tags.Keys.Order(StringComparer.Ordinal).Where(tag => string.CompareOrdinal(tag, last) > 0).Take(PageSize + 1).ToArray();
        if (page.Length > PageSize)
        {
            page = page[..PageSize];
            context.Response.Headers.Link = $"<{Elsewhere?.AbsoluteUri.TrimEnd('/')}/v2/{name}/tags/list?n={PageSize}&last={page[^1]}>; rel=\"next\"";
        }

        await context.Response.WriteAsync(JsonSerializer.Serialize(new { name, tags = page }), context.RequestAborted);
    }

    private async Task ReferrersAsync(HttpContext context, string name, string digest)
    {
        var listed = new JsonArray();
        foreach (var (key, (type, bytes)) in this[name].Manifests)
        {
            var json = JsonNode.Parse(bytes)!;
            if ((string?)json["subject"]?["digest"] == digest)
            {
                listed.Add(new JsonObject { ["mediaType"] = type, ["digest"] = key, ["size"] = bytes.Length, ["artifactType"] = (string?)json["artifactType"] });
            }
        }

        context.Response.ContentType = "application/vnd.oci.image.index.v1+json";
        await context.Response.WriteAsync(new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = context.Response.ContentType, ["manifests"] = listed }.ToJsonString(), context.RequestAborted);
    }

    private static Task ErrorAsync(HttpContext context, int status, string code, string message = "")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(new { errors = new[] { new { code, message, detail = new { } } } }), context.RequestAborted);
    }

    internal sealed class Repository
    {
        public ConcurrentDictionary<string, byte[]> Blobs { get; } = new(StringComparer.Ordinal);

        /// <summary>How often each blob was sent whole.</summary>
        public ConcurrentDictionary<string, int> Commits { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, (string MediaType, byte[] Bytes)> Manifests { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);
    }
}
