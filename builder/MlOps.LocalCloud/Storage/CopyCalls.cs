using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Storage;

/// <summary>Objects made from objects: copy, rewrite (always done in one call) and compose.</summary>
internal sealed class CopyCalls(ObjectStore objects, ObjectFiles files)
{
    private const int MostComponents = 32;

    public async Task CopyAsync(HttpContext context, (string Bucket, string Name) from, (string Bucket, string Name) to) =>
        await StorageApi.WriteAsync(context, Resources.Of(await CopiedAsync(context, from, to), StorageApi.Origin(context.Request)));

    public async Task RewriteAsync(HttpContext context, (string Bucket, string Name) from, (string Bucket, string Name) to)
    {
        var copy = await CopiedAsync(context, from, to);
        await StorageApi.WriteAsync(context, new JsonObject
        {
            ["kind"] = "storage#rewriteResponse",
            ["totalBytesRewritten"] = Resources.Text(copy.Hashes.Size),
            ["objectSize"] = Resources.Text(copy.Hashes.Size),
            ["done"] = true,
            ["resource"] = Resources.Of(copy, StorageApi.Origin(context.Request)),
        });
    }

    public async Task ComposeAsync(HttpContext context, string bucket, string name)
    {
        var request = await ObjectAttributes.ReadAsync(context.Request.Body, context.RequestAborted);
        if (request["sourceObjects"] is not JsonArray { Count: > 0 and <= MostComponents } sources)
        {
            throw StorageFault.Invalid($"You must provide 1 to {MostComponents} sourceObjects.");
        }

        var staged = files.NewStaged();
        long components = 0;
        await using (var file = new FileStream(staged, FileMode.CreateNew))
        {
            foreach (var source in sources)
            {
                components += await AppendAsync(file, bucket, source?["name"]?.GetValue<string>() ?? throw StorageFault.Invalid("A source object has no name."), Wanted(source), context.RequestAborted);
            }
        }

        var attributes = ObjectAttributes.OfObject(request["destination"] as JsonObject ?? []);
        var hashes = await ContentHashes.OfAsync(staged, context.RequestAborted);
        var made = await objects.WriteAsync(new(bucket, name, staged, hashes, attributes, Preconditions.Of(context.Request.Query), components), context.RequestAborted);
        await StorageApi.WriteAsync(context, Resources.Of(made, StorageApi.Origin(context.Request)));
    }

    private static long? Wanted(JsonNode source) =>
        (source["generation"] ?? source["objectPreconditions"]?["ifGenerationMatch"])?.ToString() is { } text && long.TryParse(text, out var generation) ? generation : null;

    private async Task<long> AppendAsync(FileStream to, string bucket, string name, long? generation, CancellationToken cancel)
    {
        var opened = await objects.OpenAsync(bucket, name, cancel) ?? throw StorageFault.NoObject(bucket, name);
        await using var content = opened.Content;
        new Preconditions(GenerationMatch: generation).Check(opened.Object.Generation, opened.Object.Metageneration);
        await content.CopyToAsync(to, cancel);
        return opened.Object.Components ?? 1;
    }

    private async Task<StoredObject> CopiedAsync(HttpContext context, (string Bucket, string Name) from, (string Bucket, string Name) to)
    {
        var cancel = context.RequestAborted;
        var query = context.Request.Query;
        var resource = await ObjectAttributes.ReadAsync(context.Request.Body, cancel);
        var opened = await objects.OpenAsync(from.Bucket, from.Name, cancel) ?? throw StorageFault.NoObject(from.Bucket, from.Name);
        await using var content = opened.Content;
        Preconditions.Of(query, source: true).Check(opened.Object.Generation, opened.Object.Metageneration);
        if (Preconditions.Number(query, "sourceGeneration") is { } wanted && wanted != opened.Object.Generation)
        {
            throw StorageFault.NoObject(from.Bucket, from.Name);
        }

        var staged = files.NewStaged();
        await using (var file = new FileStream(staged, FileMode.CreateNew))
        {
            await content.CopyToAsync(file, cancel);
        }

        var attributes = resource.Count > 0 ? ObjectAttributes.OfObject(resource) : opened.Object.Attributes;
        return await objects.WriteAsync(new(to.Bucket, to.Name, staged, opened.Object.Hashes, attributes, Preconditions.Of(query), opened.Object.Components), cancel);
    }
}
