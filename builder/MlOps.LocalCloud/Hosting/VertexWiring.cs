using System.Text;
using MlOps.Core.Images;
using MlOps.Google;
using MlOps.Google.Kfp;
using MlOps.LocalCloud.ArtifactRegistry;
using MlOps.LocalCloud.Storage;
using MlOps.LocalCloud.Vertex;

namespace MlOps.LocalCloud.Hosting;

/// <summary>What Vertex AI is given of the cloud around it.</summary>
internal static class VertexWiring
{
    public static VertexOptions Options(LocalCloudOptions options, CloudIdentity identity, StorageService storage, VersionStore versions) =>
        new(Path.Combine(options.StateFolder, "vertex"), storage.Folder, identity.Instance)
        {
            Time = options.Time,
            ToEngineName = name => EngineName(name, identity.Http),
            ImportAsync = (bucket, name, path, cancel) => storage.Objects.ImportFileAsync(bucket, name, path, cancel),
            TemplateAsync = (uri, cancel) => TemplateAsync(uri, storage, versions, cancel),
        };

    /// <summary>Google's names are the local registry's <c>127.0.0.1:PORT/LOC/P/R/I</c> for the engine.</summary>
    private static ImageReference EngineName(ImageReference image, int port)
    {
        if (!GcpEndpoint.IsGoogleRegistry(image.Host))
        {
            return image;
        }

        var (address, repository) = GcpEndpoint.Local(new Uri($"http://127.0.0.1:{port}"), new Uri($"http://127.0.0.1:{port}")).Registry(image.Host, image.Path);
        var name = ImageReference.Parse($"{address.Authority}/{repository}");
        return image.Digest is { } digest ? name.Pinned(digest) : name.WithTag(image.Tag);
    }

    private static async Task<PipelineTemplate?> TemplateAsync(string uri, StorageService storage, VersionStore versions, CancellationToken cancel)
    {
        if (UploadedTemplate.TryParse(uri, out var template))
        {
            var content = versions.Content(new PackageName(template.Repository.Name, template.Package), template.Version.ToString());
            return content is null ? null : new PipelineTemplate(Encoding.UTF8.GetString(content.Content.Span), template.Version.ToString());
        }

        if (!MlOps.Google.Storage.GcsUri.TryParse(uri, out var place) || await storage.Objects.OpenAsync(place.Bucket, place.Name, cancel) is not { } found)
        {
            return null;
        }

        using var reader = new StreamReader(found.Content);
        return new PipelineTemplate(await reader.ReadToEndAsync(cancel), "");
    }
}
