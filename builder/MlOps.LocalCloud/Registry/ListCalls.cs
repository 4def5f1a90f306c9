using System.Globalization;
using System.Text.Json.Nodes;
using Google.Cloud.ArtifactRegistry.V1;
using Microsoft.AspNetCore.Http;
using MlOps.Core.Images;
using MlOps.Google.Registry;
using MlOps.LocalCloud.ArtifactRegistry;

namespace MlOps.LocalCloud.Registry;

/// <summary>What distribution 2.8 cannot tell, or not as we keep it: tags, the catalog, referrers.</summary>
internal sealed class ListCalls(VersionStore versions)
{
    public async Task TagsAsync(HttpContext context, PackageName package)
    {
        var name = RegistryPath.Of(package);
        if (versions.Versions(package).Count == 0)
        {
            throw new RegistryFault(404, "NAME_UNKNOWN", $"repository name not known to registry: {name}");
        }

        var page = Page(context, versions.Tags(package).ConvertAll(tag => tag.Tag));
        await WriteAsync(context, new JsonObject { ["name"] = name, ["tags"] = new JsonArray([.. page]) }, "application/json; charset=utf-8");
    }

    public async Task CatalogAsync(HttpContext context)
    {
        var page = Page(context, versions.Packages((int)Repository.Types.Format.Docker).ConvertAll(RegistryPath.Of));
        await WriteAsync(context, new JsonObject { ["repositories"] = new JsonArray([.. page]) }, "application/json; charset=utf-8");
    }

    public async Task ReferrersAsync(HttpContext context, PackageName package, string digest)
    {
        if (!Digest.TryParse(digest, out _))
        {
            throw new RegistryFault(400, "DIGEST_INVALID", $"'{digest}' is not a digest.");
        }

        var type = context.Request.Query["artifactType"].ToString();
        if (type.Length > 0)
        {
            context.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        }

        var found = versions.About(package, digest).Where(version => type.Length == 0 || version.ArtifactType == type).Select(Descriptor);
        var index = new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex, ["manifests"] = new JsonArray([.. found]) };
        await WriteAsync(context, index, MediaTypes.OciIndex);
    }

    private JsonObject Descriptor(StoredVersion version)
    {
        var content = versions.Content(version.Package, version.Id)!.Content;
        var descriptor = new JsonObject { ["mediaType"] = version.MediaType, ["digest"] = version.Id, ["size"] = content.Length, ["artifactType"] = version.ArtifactType };
        if (JsonNode.Parse(content.Span)!["annotations"] is { } annotations)
        {
            descriptor["annotations"] = annotations.DeepClone();
        }

        return descriptor;
    }

    /// <summary>Sorted, after <c>last</c>, at most <c>n</c>; with the next page's address in <c>Link</c>.</summary>
    private static List<string> Page(HttpContext context, List<string> all)
    {
        var query = context.Request.Query;
        var last = query["last"].ToString();
        var most = int.MaxValue;
        if (query["n"].ToString() is { Length: > 0 } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most < 0))
        {
            throw new RegistryFault(400, "PAGINATION_NUMBER_INVALID", $"n is '{text}': expected a whole number.");
        }

        var left = all.Where(name => string.CompareOrdinal(name, last) > 0).Order(StringComparer.Ordinal).ToList();
        var page = left[..Math.Min(most, left.Count)];
        if (page.Count > 0 && page.Count < left.Count)
        {
            context.Response.Headers.Link = $"<{context.Request.Path}?n={most}&last={Uri.EscapeDataString(page[^1])}>; rel=\"next\"";
        }

        return page;
    }

    private static Task WriteAsync(HttpContext context, JsonObject document, string type)
    {
        context.Response.ContentType = type;
        return context.Response.WriteAsync(document.ToJsonString(), context.RequestAborted);
    }
}
