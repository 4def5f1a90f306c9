using MlOps.LocalCloud.CloudBuild;
using MlOps.LocalCloud.CloudBuild.Artifacts;
using MlOps.LocalCloud.CloudBuild.EngineSockets;
using MlOps.LocalCloud.CloudBuild.Images;
using MlOps.LocalCloud.CloudBuild.Sources;
using MlOps.LocalCloud.Registry;
using MlOps.LocalCloud.SecretManager;
using MlOps.LocalCloud.Storage;

namespace MlOps.LocalCloud.Hosting;

/// <summary>What Cloud Build takes from its neighbours: Storage, secrets, images, the network.</summary>
internal sealed class CloudBuildWiring(LocalCloudOptions options, CloudIdentity identity, StorageService storage, ImageTransport images, SecretAccess secrets, EngineGateway gateway)
{
    public CloudBuildOptions Options() => new(Path.Combine(options.StateFolder, "cloudbuild"), identity.Instance)
    {
        Time = options.Time,
        SurroundingsAsync = gateway.SurroundingsAsync,
        ImportAsync = (bucket, name, path, cancel) => storage.Objects.ImportFileAsync(bucket, name, path, cancel, "text/plain; charset=utf-8"),
        Sources = new SourceFetch(storage.Objects, new LocalRepositories(options.StateFolder)),
        Repositories = new LocalRepositories(options.StateFolder),
        ImagesSince = ImagesSince,
        Artifacts = new ArtifactUpload(storage.Objects, options.Time),
        Secrets = secrets,
    };

    /// <exception cref="Core.Problems.InvalidInputException">The configuration cannot be read.</exception>
    private BuildImages ImagesSince(DateTimeOffset begun)
    {
        var settings = CloudSettings.Read(Path.Combine(Path.GetDirectoryName(options.StateFolder)!, CloudSettings.FileName));
        return new BuildImages(
            new StepImages(images, settings.Images, begun),
            new ImagePush(images, options.Time, begun),
            settings.DockerSocket,
            (engine, scope, cancel) => EngineSocket.OpenAsync(engine, images, scope, cancel));
    }
}
