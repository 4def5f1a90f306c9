using MlOps.LocalCloud.CloudBuild;
using MlOps.LocalCloud.CloudBuild.Artifacts;
using MlOps.LocalCloud.CloudBuild.Images;
using MlOps.LocalCloud.CloudBuild.Sources;
using MlOps.LocalCloud.SecretManager;
using MlOps.LocalCloud.Storage;

namespace MlOps.LocalCloud.Hosting;

/// <summary>What Cloud Build takes from its neighbours: Storage, secrets, images, the network.</summary>
internal sealed class CloudBuildWiring(LocalCloudOptions options, CloudIdentity identity, StorageService storage, EngineGateway gateway)
{
    public CloudBuildOptions Options() => new(Path.Combine(options.StateFolder, "cloudbuild"), identity.Instance)
    {
        Time = options.Time,
        SurroundingsAsync = gateway.SurroundingsAsync,
        ImportAsync = (bucket, name, path, cancel) => storage.Objects.ImportFileAsync(bucket, name, path, cancel, "text/plain; charset=utf-8"),
        Sources = new SourceFetch(),
        Images = new StepImages(),
        Push = new ImagePush(),
        Artifacts = new ArtifactUpload(),
        Secrets = new SecretAccess(),
    };
}
