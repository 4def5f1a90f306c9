using System.Text;
using MlOps.Core.Images;
using MlOps.Google.Storage;
using MlOps.LocalCloud.ArtifactRegistry;
using MlOps.LocalCloud.Registry;
using MlOps.LocalCloud.Storage;
using MlOps.LocalCloud.Vertex;

namespace MlOps.LocalCloud.Hosting;

/// <summary>What Vertex AI takes from its neighbours: images' names, Storage, templates, the network.</summary>
internal sealed class VertexWiring(LocalCloudOptions options, CloudIdentity identity, StorageService storage, VersionStore versions, EngineGateway gateway, EngineNames names)
{
    public VertexOptions Options() => new(Path.Combine(options.StateFolder, "vertex"), storage.Folder, identity.Instance)
    {
        Time = options.Time,
        ToEngineName = names.ToEngine,
        SurroundingsAsync = gateway.OnBridgeAsync,
        JobSurroundingsAsync = gateway.SurroundingsAsync,
        ImportAsync = (bucket, name, path, cancel) => storage.Objects.ImportFileAsync(bucket, name, path, cancel),
        TemplateAsync = TemplateAsync,
        MaxParallel = options.MaxParallel ?? VertexOptions.DefaultMaxParallel,
    };

    private async Task<PipelineTemplate?> TemplateAsync(string uri, CancellationToken cancel) =>
        GcsUri.TryParse(uri, out var stored) ? await StoredAsync(stored, cancel) : Uploaded(uri);

    private async Task<PipelineTemplate?> StoredAsync(GcsUri uri, CancellationToken cancel)
    {
        if (await storage.Objects.OpenAsync(uri.Bucket, uri.Name, cancel) is not { } opened)
        {
            return null;
        }

        using var reader = new StreamReader(opened.Content, Encoding.UTF8);
        return new PipelineTemplate(await reader.ReadToEndAsync(cancel), Version: "");
    }

    /// <summary><c>https://LOC-kfp.pkg.dev/P/R/PACKAGE/VERSION-OR-TAG</c>.</summary>
    private PipelineTemplate? Uploaded(string uri)
    {
        if (uri.Split('/') is not ["https:", "", var host, var project, var repository, var name, var reference] || !host.EndsWith("-kfp.pkg.dev", StringComparison.Ordinal))
        {
            throw Rpc.Invalid($"template_uri '{uri}' is neither https://LOCATION-kfp.pkg.dev/PROJECT/REPOSITORY/PACKAGE/VERSION nor gs://BUCKET/NAME.");
        }

        var package = new PackageName(new(project, host[..^"-kfp.pkg.dev".Length], repository), name);
        var version = Digest.TryParse(reference, out _) ? reference : versions.FindTag(package, reference)?.Version;
        return version is not null && versions.Content(package, version) is { } content ? new(Encoding.UTF8.GetString(content.Content.Span), version) : null;
    }
}
