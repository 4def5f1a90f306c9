using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Storage;

/// <summary>The calls on objects other than uploads and copies.</summary>
internal sealed class ObjectCalls(BucketStore buckets, ObjectStore objects)
{
    private const int LargestPage = 1000;

    public async Task ListAsync(HttpContext context, string bucket)
    {
        var query = Query(context.Request.Query);
        var page = await objects.ListAsync(Existing(bucket), query, context.RequestAborted);
        var answer = new JsonObject { ["kind"] = "storage#objects" };
        if (page.Items.Count > 0)
        {
            answer["items"] = new JsonArray([.. page.Items.Select(row => Resources.Of(row, StorageApi.Origin(context.Request)))]);
        }

        if (page.Prefixes.Count > 0)
        {
            answer["prefixes"] = new JsonArray([.. page.Prefixes]);
        }

        if (page.NextPageToken is not null)
        {
            answer["nextPageToken"] = page.NextPageToken;
        }

        await StorageApi.WriteAsync(context, answer);
    }

    /// <summary>Metadata, or with <c>alt=media</c> the bytes.</summary>
    public async Task GetAsync(HttpContext context, string bucket, string name)
    {
        if (context.Request.Query["alt"] == "media")
        {
            var opened = await objects.OpenAsync(Existing(bucket), name, context.RequestAborted) ?? throw StorageFault.NoObject(bucket, name);
            await using var content = opened.Content;
            Check(context, opened.Object);
            await Download.SendAsync(context, opened.Object, content, objects.Clock);
            return;
        }

        var row = await objects.FindAsync(Existing(bucket), name, context.RequestAborted) ?? throw StorageFault.NoObject(bucket, name);
        Check(context, row);
        context.Response.Headers.ETag = Resources.ETag(row);
        await StorageApi.WriteAsync(context, Resources.Of(row, StorageApi.Origin(context.Request)));
    }

    public async Task ChangeAsync(HttpContext context, string bucket, string name, bool replace)
    {
        var resource = await ObjectAttributes.ReadAsync(context.Request.Body, context.RequestAborted);
        var changed = await objects.PatchAsync(
            Existing(bucket),
            name,
            Preconditions.Of(context.Request.Query),
            old => replace ? ObjectAttributes.OfObject(resource) : ObjectAttributes.PatchedObject(old, resource),
            context.RequestAborted);
        await StorageApi.WriteAsync(context, Resources.Of(changed, StorageApi.Origin(context.Request)));
    }

    public async Task DeleteAsync(HttpContext context, string bucket, string name)
    {
        var query = context.Request.Query;
        await objects.DeleteAsync(Existing(bucket), name, Preconditions.Number(query, "generation"), Preconditions.Of(query), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private string Existing(string bucket) => buckets.Find(bucket)?.Name ?? throw StorageFault.NoBucket(bucket);

    private static void Check(HttpContext context, StoredObject row)
    {
        if (Preconditions.Number(context.Request.Query, "generation") is { } generation && generation != row.Generation)
        {
            throw StorageFault.NoObject(row.Bucket, row.Name);
        }

        Preconditions.Of(context.Request.Query).Check(row.Generation, row.Metageneration, reading: true);
    }

    private static ObjectQuery Query(IQueryCollection query)
    {
        if (query.ContainsKey("matchGlob"))
        {
            throw new StorageFault(501, "notImplemented", "The local cloud lists by prefix and delimiter, not by matchGlob.");
        }

        var most = Preconditions.Number(query, "maxResults") ?? LargestPage;
        return new(
            query["prefix"].ToString(),
            Given(query, "delimiter"),
            (int)Math.Clamp(most, 1, LargestPage),
            Given(query, "pageToken"),
            Given(query, "startOffset"),
            Given(query, "endOffset"),
            query["includeTrailingDelimiter"] == "true");
    }

    private static string? Given(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;
}
