using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MlOps.LocalCloud.Storage;

/// <summary>
/// Storage's JSON API (<c>/storage/v1</c>, <c>/upload/storage/v1</c>, <c>/download/storage/v1</c>): who answers what. Paths are
/// read as they came, because an object's name may hold any character, <c>%2F</c> among them.
/// </summary>
internal sealed class StorageApi(BucketCalls buckets, ObjectCalls objects, CopyCalls copies, UploadCalls uploads)
{
    public static readonly string[] Routes =
        ["/storage/v1/{**path}", "/download/storage/v1/{**path}", "/upload/storage/v1/{**path}", "/resumable/upload/storage/v1/{**path}"];

    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await DispatchAsync(context, context.Request.Method, Segments(context));
        }
        catch (StorageFault fault) when (!context.Response.HasStarted)
        {
            await fault.WriteAsync(context.Response);
        }
    }

    public static string Origin(HttpRequest request) => $"{request.Scheme}://{request.Host}";

    public static Task WriteAsync(HttpContext context, JsonObject resource)
    {
        context.Response.ContentType = "application/json; charset=UTF-8";
        return context.Response.WriteAsync(resource.ToJsonString(), context.RequestAborted);
    }

    private Task DispatchAsync(HttpContext context, string method, string[] path) => (method, path) switch
    {
        ("POST", ["upload", "b", var bucket, "o"]) when context.Request.Query.ContainsKey("upload_id") => uploads.ContinueAsync(context, bucket),
        ("PUT", ["upload", "b", var bucket, "o"]) => uploads.ContinueAsync(context, bucket),
        ("DELETE", ["upload", "b", var bucket, "o"]) => uploads.AbandonAsync(context, bucket),
        ("POST", ["upload", "b", var bucket, "o"]) => uploads.BeginAsync(context, bucket),
        ("GET", ["b"]) => buckets.ListAsync(context),
        ("POST", ["b"]) => buckets.CreateAsync(context),
        ("GET", ["b", var bucket]) => buckets.GetAsync(context, bucket),
        ("GET", ["b", var bucket, "storageLayout"]) => buckets.LayoutAsync(context, bucket),
        ("GET", ["b", var bucket, "managedFolders"]) => buckets.ListManagedFoldersAsync(context, bucket),
        ("PATCH" or "PUT", ["b", var bucket]) => buckets.PatchAsync(context, bucket),
        ("DELETE", ["b", var bucket]) => buckets.DeleteAsync(context, bucket),
        ("GET", ["b", var bucket, "o"]) => objects.ListAsync(context, bucket),
        ("GET" or "HEAD", ["b", var bucket, "o", var name]) => objects.GetAsync(context, bucket, name),
        ("PATCH", ["b", var bucket, "o", var name]) => objects.ChangeAsync(context, bucket, name, replace: false),
        ("PUT", ["b", var bucket, "o", var name]) => objects.ChangeAsync(context, bucket, name, replace: true),
        ("DELETE", ["b", var bucket, "o", var name]) => objects.DeleteAsync(context, bucket, name),
        ("POST", ["b", var bucket, "o", var name, "rewriteTo", "b", var toBucket, "o", var toName]) => copies.RewriteAsync(context, (bucket, name), (toBucket, toName)),
        ("POST", ["b", var bucket, "o", var name, "copyTo", "b", var toBucket, "o", var toName]) => copies.CopyAsync(context, (bucket, name), (toBucket, toName)),
        ("POST", ["b", var bucket, "o", var name, "compose"]) => copies.ComposeAsync(context, bucket, name),
        _ => throw StorageFault.Unimplemented(method, context.Request.Path),
    };

    /// <summary>The path's parts below <c>storage/v1</c>, each unescaped by itself; <c>upload</c> in front of those of an upload.</summary>
    private static string[] Segments(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.StartsWith('/') ? target : new Uri(target).PathAndQuery;
        path = path.Split('?', 2)[0].TrimEnd('/');
        var start = path.IndexOf("/storage/v1/", StringComparison.Ordinal);
        var below = start < 0 ? [] : path[(start + "/storage/v1/".Length)..].Split('/').Select(Uri.UnescapeDataString);
        return path.StartsWith("/upload/", StringComparison.Ordinal) || path.StartsWith("/resumable/", StringComparison.Ordinal) ? ["upload", .. below] : [.. below];
    }
}
