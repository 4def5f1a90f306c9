using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Storage;

/// <summary>The calls on buckets.</summary>
internal sealed class BucketCalls(BucketStore buckets)
{
    public Task ListAsync(HttpContext context)
    {
        var project = context.Request.Query["project"].ToString();
        if (project.Length == 0)
        {
            throw new StorageFault(400, "required", "Required parameter: project");
        }

        var found = buckets.List(project, context.Request.Query["prefix"].ToString()).Select(bucket => Resources.Of(bucket, StorageApi.Origin(context.Request)));
        return StorageApi.WriteAsync(context, new JsonObject { ["kind"] = "storage#buckets", ["items"] = new JsonArray([.. found]) });
    }

    public async Task CreateAsync(HttpContext context)
    {
        var resource = await ObjectAttributes.ReadAsync(context.Request.Body, context.RequestAborted);
        var name = resource["name"]?.GetValue<string>() ?? throw new StorageFault(400, "required", "Required: name");
        var project = context.Request.Query["project"].ToString();
        var bucket = buckets.Create(name, project.Length > 0 ? project : throw new StorageFault(400, "required", "Required parameter: project"), ObjectAttributes.OfBucket(resource));
        await AnswerAsync(context, bucket);
    }

    public Task GetAsync(HttpContext context, string name) => AnswerAsync(context, Existing(name));

    /// <summary>gcloud asks for it before it copies a tree: whether folders are things of their own, which they are not here.</summary>
    public Task LayoutAsync(HttpContext context, string name) => StorageApi.WriteAsync(context, new JsonObject
    {
        ["kind"] = "storage#storageLayout",
        ["bucket"] = Existing(name).Name,
        ["location"] = "US",
        ["locationType"] = "region",
        ["hierarchicalNamespace"] = new JsonObject { ["enabled"] = false },
    });

    /// <summary>There are none: gcloud asks before it removes a bucket.</summary>
    public Task ListManagedFoldersAsync(HttpContext context, string name)
    {
        Existing(name);
        return StorageApi.WriteAsync(context, new JsonObject { ["kind"] = "storage#managedFolders" });
    }

    public async Task PatchAsync(HttpContext context, string name)
    {
        var bucket = Existing(name);
        Preconditions.Of(context.Request.Query).Check(bucket.Created, bucket.Metageneration);
        var patch = await ObjectAttributes.ReadAsync(context.Request.Body, context.RequestAborted);
        await AnswerAsync(context, buckets.Replace(bucket, ObjectAttributes.PatchedBucket(bucket.Attributes, patch)));
    }

    public Task DeleteAsync(HttpContext context, string name)
    {
        buckets.Delete(Existing(name).Name);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Bucket Existing(string name) => buckets.Find(name) ?? throw StorageFault.NoBucket(name);

    private static Task AnswerAsync(HttpContext context, Bucket bucket) => StorageApi.WriteAsync(context, Resources.Of(bucket, StorageApi.Origin(context.Request)));
}
