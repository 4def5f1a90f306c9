using Microsoft.AspNetCore.Routing;
using MlOps.LocalCloud.Operations;
using MlOps.LocalCloud.Storage;

namespace MlOps.LocalCloud.Hosting;

/// <summary>The services of one cloud over its one state.</summary>
internal sealed class CloudServices : IAsyncDisposable
{
    private readonly CloudDatabase _database;

    public CloudServices(LocalCloudOptions options, CloudIdentity identity)
    {
        _database = new CloudDatabase(options.StateFolder, ObjectTable.Schema, OperationsTable.Schema);
        Operations = new OperationsTable(_database, options.Time);
        Storage = new StorageService(_database, options);
    }

    public OperationsTable Operations { get; }

    public StorageService Storage { get; }

    public void Map(IEndpointRouteBuilder routes) => Storage.Map(routes);

    public ValueTask DisposeAsync()
    {
        Storage.Dispose();
        _database.Dispose();
        return ValueTask.CompletedTask;
    }
}
