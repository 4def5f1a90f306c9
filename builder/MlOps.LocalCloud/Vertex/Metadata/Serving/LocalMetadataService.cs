using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Grpc.Core;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Operations;

namespace MlOps.LocalCloud.Vertex.Metadata.Serving;

/// <summary>
/// <c>google.cloud.aiplatform.v1.MetadataService</c>: the store <c>default</c> of every location, its contexts, artifacts,
/// executions and events; purging, further stores and schemas of one's own are UNIMPLEMENTED.
/// </summary>
internal sealed partial class LocalMetadataService : MetadataService.MetadataServiceBase
{
    private const int LargestPage = 1000;
    private readonly CloudDatabase _database;
    private readonly OperationsTable _operations;
    private readonly TimeProvider _time;
    private readonly NodeCollection<Artifact> _artifacts;
    private readonly NodeCollection<Execution> _executions;
    private readonly NodeCollection<Context> _contexts;
    private readonly LineageQueries _lineage;

    public LocalMetadataService(CloudDatabase database, OperationsTable operations, TimeProvider time)
    {
        (_database, _operations, _time) = (database, operations, time);
        _artifacts = new(database, time, MetadataNames.Artifacts, Artifact.Parser);
        _executions = new(database, time, MetadataNames.Executions, Execution.Parser);
        _contexts = new(database, time, MetadataNames.Contexts, Context.Parser);
        _lineage = new LineageQueries(database, _artifacts, _executions);
    }

    public override Task<MetadataStore> GetMetadataStore(GetMetadataStoreRequest request, ServerCallContext context) => Task.FromResult(new MetadataStore { Name = MetadataNames.Store(request.Name) });

    public override Task<ListMetadataStoresResponse> ListMetadataStores(ListMetadataStoresRequest request, ServerCallContext context)
    {
        var store = new MetadataStore { Name = MetadataNames.StoreOf(VertexCalls.Parent(request.Parent)) };
        var page = Page.Of(request.PageSize, request.PageToken, LargestPage);
        return Task.FromResult(new ListMetadataStoresResponse { MetadataStores = { page.Skip == 0 ? [store] : [] } });
    }

    public override Task<Operation> CreateMetadataStore(CreateMetadataStoreRequest request, ServerCallContext context)
    {
        var store = MetadataNames.StoreOf(VertexCalls.Parent(request.Parent));
        throw request.MetadataStoreId == "default"
            ? Rpc.Exists($"There is {store} already: every location of the local cloud has it from the start.")
            : Rpc.Unimplemented($"The local cloud has one metadata store in every location: {store}. It makes no others.");
    }

    public override Task<Operation> DeleteMetadataStore(DeleteMetadataStoreRequest request, ServerCallContext context) =>
        throw Rpc.Unimplemented($"The local cloud does not delete {MetadataNames.Store(request.Name)}: every location has it. Delete its artifacts, executions and contexts.");

    public override Task<MetadataSchema> GetMetadataSchema(GetMetadataSchemaRequest request, ServerCallContext context)
    {
        var name = MetadataNames.In(MetadataNames.Schemas, request.Name);
        return Task.FromResult(SystemSchemas.Of(name[..name.IndexOf("/metadataSchemas/", StringComparison.Ordinal)]).FirstOrDefault(schema => schema.Name == name)
            ?? throw Rpc.NotFound($"There is no {name}; the local cloud has the schemas of the system only, such as system-model-v0-0-1."));
    }

    public override Task<ListMetadataSchemasResponse> ListMetadataSchemas(ListMetadataSchemasRequest request, ServerCallContext context)
    {
        var passes = ListFilter<MetadataSchema>.Parse(request.Filter, SchemaField, "schema_title=\"system.Model\"");
        var page = Page.Of(request.PageSize == 0 ? 100 : request.PageSize, request.PageToken, LargestPage);
        var found = SystemSchemas.Of(MetadataNames.Store(request.Parent)).Where(passes).Skip(page.Skip).Take(page.Size + 1).ToList();
        return Task.FromResult(new ListMetadataSchemasResponse { MetadataSchemas = { found.Take(page.Size) }, NextPageToken = page.Next(found.Count) });
    }

    public override Task<MetadataSchema> CreateMetadataSchema(CreateMetadataSchemaRequest request, ServerCallContext context) =>
        throw Rpc.Unimplemented("The local cloud registers no schemas: the schema_title of an artifact, execution or context may be any text.");

    private static FilterField<MetadataSchema>? SchemaField(string name) => name switch
    {
        "name" or "schema_version" or "schema_type" => FilterField<MetadataSchema>.Texts.One(schema => schema.Text(name)),
        "schema_title" => FilterField<MetadataSchema>.Texts.One(SystemSchemas.Title),
        _ => null,
    };

    private Task<Operation> Deleted(string name) => Task.FromResult(_operations.Deleted(MetadataNames.LocationOf(name), _time));

    private static RpcException NoPurge(string what) => Rpc.Unimplemented($"The local cloud does not purge {what}: list those that a filter finds, and delete each.");
}
