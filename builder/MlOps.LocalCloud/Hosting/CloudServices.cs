using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using MlOps.Containers;
using MlOps.LocalCloud.ArtifactRegistry;
using MlOps.LocalCloud.CloudBuild;
using MlOps.LocalCloud.CloudBuild.Serving;
using MlOps.LocalCloud.Kfp;
using MlOps.LocalCloud.Metadata;
using MlOps.LocalCloud.Operations;
using MlOps.LocalCloud.Projects;
using MlOps.LocalCloud.PubSub;
using MlOps.LocalCloud.Registry;
using MlOps.LocalCloud.SecretManager;
using MlOps.LocalCloud.Storage;
using MlOps.LocalCloud.Vertex;
using MlOps.LocalCloud.Vertex.Jobs.Logs;

namespace MlOps.LocalCloud.Hosting;

/// <summary>The services of one cloud over its one state.</summary>
internal sealed class CloudServices : IAsyncDisposable
{
    private readonly CloudDatabase _database;
    private readonly DistributionRegistry _images;
    private readonly RegistryApi _registry;
    private readonly KfpApi _kfp;
    private readonly MetadataServer _metadata;

    public CloudServices(LocalCloudOptions options, CloudIdentity identity)
    {
        _database = new CloudDatabase(options.StateFolder, ObjectTable.Schema, OperationsTable.Schema, ArtifactTables.Schema, VertexService.Schema, CloudBuildService.Schema, SecretStore.Schema, TopicTable.Schema);
        Operations = new OperationsTable(_database, options.Time);
        Storage = new StorageService(_database, options);
        Repositories = new RepositoryStore(_database, options.Time, options.CreateOnWrite);
        Versions = new VersionStore(_database, options.Time);
        ArtifactRegistry = new ArtifactRegistryService(Repositories, Versions, Operations);
        _images = new DistributionRegistry(options, identity.Instance);
        _registry = new RegistryApi(Repositories, new ManifestCalls(Versions, _images), new ListCalls(Versions), new BlobProxy(_images));
        _kfp = new KfpApi(Repositories, Versions);
        var secrets = new SecretStore(_database, new SecretValues(Path.Combine(options.StateFolder, "secrets")), options.Time);
        Secrets = new SecretAccess(secrets);
        SecretManager = new LocalSecretManagerService(secrets, Secrets, options.Time);
        Images = new ImageTransport(new EngineNames(identity.Http), Versions);
        Gateway = new EngineGateway(identity, options.Time);
        Vertex = new VertexService(_database, Operations, new VertexWiring(options, identity, Storage, Versions, Gateway, Images.Names).Options());
        CloudBuild = new CloudBuildService(_database, new CloudBuildWiring(options, identity, Storage, Images, Secrets, Gateway).Options());
        _metadata = new MetadataServer(new MetadataCallers(CloudBuild.Builds, ContainerEngine.ConnectAsync).FindAsync, options.Time);
        Storage.LiveLog = CloudBuild.Logs.PathOf;
        PubSub = new LocalPublisher(new TopicTable(_database), CloudBuild.TriggerTable, CloudBuild.Firing, options.Time);
        OperationsService = new OperationsService(Operations, CloudBuild.Operations, options.Time);
    }

    public OperationsTable Operations { get; }

    public OperationsService OperationsService { get; }

    public StorageService Storage { get; }

    public RepositoryStore Repositories { get; }

    public VersionStore Versions { get; }

    public ArtifactRegistryService ArtifactRegistry { get; }

    public ImageTransport Images { get; }

    /// <summary>Secrets' values for the other services.</summary>
    public SecretAccess Secrets { get; }

    public LocalSecretManagerService SecretManager { get; }

    public EngineGateway Gateway { get; }

    public VertexService Vertex { get; }

    public CloudBuildService CloudBuild { get; }

    public LocalPublisher PubSub { get; }

    /// <summary>Whether an earlier start has left anything.</summary>
    public bool HasState => _database.Exists;

    public void Map(IEndpointRouteBuilder routes)
    {
        Storage.Map(routes);
        routes.Map("/v2/{**path}", _registry.AnswerAsync);
        routes.MapPost(KfpApi.Upload, _kfp.UploadAsync);
        routes.MapGet(KfpApi.Download, _kfp.DownloadAsync);
        new ProjectsApi(_database).Map(routes);
        _metadata.Map(routes);
        routes.MapPost(LogEntriesApi.Route, Vertex.JobLogs.AnswerAsync);
        routes.MapPost(PushApi.Route, CloudBuild.Pushes.AnswerAsync);
        GrpcApis.Map(routes, this);
    }

    public async ValueTask DisposeAsync()
    {
        await CloudBuild.DisposeAsync();
        await Vertex.DisposeAsync();
        await _images.DisposeAsync();
        Storage.Dispose();
        _database.Dispose();
    }
}
