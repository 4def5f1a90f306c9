using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlOps.Core.Images;
using MlOps.Google.Registry;
using MlOps.LocalCloud.ArtifactRegistry;

namespace MlOps.LocalCloud.Registry;

/// <summary>Manifests: checked, handed to the distribution's registry (which checks that all blobs are there), recorded with their tag.</summary>
internal sealed class ManifestCalls(VersionStore versions, DistributionRegistry registry)
{
    private const int Largest = 4 * 1024 * 1024;
    private readonly ImageConfig _config = new(registry);

    public async Task GetAsync(HttpContext context, PackageName package, string reference)
    {
        var id = Digest.TryParse(reference, out _) ? reference : versions.FindTag(package, reference)?.Version;
        var manifest = (id is null ? null : versions.Content(package, id)) ?? throw RegistryFault.NoManifest(reference);
        context.Response.ContentType = manifest.MediaType;
        context.Response.ContentLength = manifest.Content.Length;
        context.Response.Headers["Docker-Content-Digest"] = id;
        context.Response.Headers.ETag = $"\"{id}\"";
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(manifest.Content, context.RequestAborted);
        }
    }

    public async Task PutAsync(HttpContext context, PackageName package, string reference)
    {
        var manifest = new Manifest(context.Request.ContentType ?? "", await ReadAsync(context.Request));
        var document = ManifestChecks.Check(manifest, reference);
        var isTag = !Digest.TryParse(reference, out _);
        RefuseToMove(package, reference, manifest.Digest.ToString());
        RefuseOrphans(package, document);
        await HandOnAsync(package, manifest, context.RequestAborted);
        await RecordAsync(package, manifest, document, isTag ? [reference] : [], context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/v2/{RegistryPath.Of(package)}/manifests/{manifest.Digest}";
        context.Response.Headers["Docker-Content-Digest"] = manifest.Digest.ToString();
        if (document.Subject is { } subject)
        {
            context.Response.Headers["OCI-Subject"] = subject.Digest.ToString();
        }
    }

    public Task DeleteAsync(HttpContext context, PackageName package, string reference)
    {
        try
        {
            if (Digest.TryParse(reference, out _))
            {
                _ = versions.Find(package, reference) ?? throw RegistryFault.NoManifest(reference);
                versions.Delete(package, reference);
            }
            else
            {
                versions.Delete(versions.FindTag(package, reference) ?? throw RegistryFault.NoManifest(reference));
            }
        }
        catch (ImmutableTagException refused)
        {
            throw RegistryFault.Manifest(refused.Message);
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > Largest)
            {
                throw new RegistryFault(413, "SIZE_INVALID", $"The manifest is longer than {Largest} bytes.");
            }
        }

        return body.ToArray();
    }

    private void RefuseToMove(PackageName package, string reference, string digest)
    {
        if (versions.FindTag(package, reference) is { } tag && tag.Version != digest && versions.AreTagsImmutable(package.Repository))
        {
            throw RegistryFault.Manifest(new ImmutableTagException(reference).Message);
        }
    }

    private void RefuseOrphans(PackageName package, ManifestDocument document)
    {
        foreach (var child in document.Manifests ?? [])
        {
            _ = versions.Find(package, child.Digest.ToString()) ?? throw new RegistryFault(404, "MANIFEST_BLOB_UNKNOWN", $"The index names a manifest that is not here: {child.Digest}");
        }
    }

    private async Task HandOnAsync(PackageName package, Manifest manifest, CancellationToken cancel)
    {
        var address = new Uri(await registry.AddressAsync(cancel), $"/v2/{RegistryPath.Of(package)}/manifests/{manifest.Digest}");
        using var content = new ReadOnlyMemoryContent(manifest.Content);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(manifest.MediaType);
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = content };
        using var response = await registry.Client.SendAsync(request, cancel);
        if (response.StatusCode != HttpStatusCode.Created)
        {
            throw Refusal((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancel));
        }
    }

    /// <summary>The distribution's own words.</summary>
    private static RegistryFault Refusal(int status, string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var error = document.RootElement.GetProperty("errors")[0];
            var detail = error.TryGetProperty("detail", out var given) ? $" {given}" : "";
            return new RegistryFault(status, error.GetProperty("code").GetString()!, error.GetProperty("message").GetString() + detail);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new RegistryFault(status, "MANIFEST_INVALID", body);
        }
    }

    private async Task RecordAsync(PackageName package, Manifest manifest, ManifestDocument document, string[] tags, CancellationToken cancel)
    {
        var now = versions.Now;
        var built = document.Config is { } config ? await _config.CreatedAsync(package, config, cancel) : null;
        var version = new StoredVersion(
            package, manifest.Digest.ToString(), manifest.MediaType, ManifestChecks.ArtifactType(document), document.Subject?.Digest.ToString(), "", Size(package, manifest, document), built, now, now, "{}");
        try
        {
            versions.Put(version, manifest.Content, tags);
        }
        catch (ImmutableTagException refused)
        {
            throw RegistryFault.Manifest(refused.Message);
        }
    }

    /// <summary>An image's config and layers; an index's images.</summary>
    private long Size(PackageName package, Manifest manifest, ManifestDocument document) => manifest.IsIndex
        ? (document.Manifests ?? []).Sum(child => versions.Find(package, child.Digest.ToString())?.Size ?? 0)
        : (document.Config?.Size ?? 0) + (document.Layers ?? []).Sum(layer => layer.Size);
}
