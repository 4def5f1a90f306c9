using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Vertex.Metadata.Serving;

internal sealed partial class LocalMetadataService
{
    private const int MostParents = 10;

    public override Task<Context> CreateContext(CreateContextRequest request, ServerCallContext context) =>
        Task.FromResult(_contexts.Create(request.Parent, request.ContextId, request.Context));

    public override Task<Context> GetContext(GetContextRequest request, ServerCallContext context) => Task.FromResult(_contexts.Get(request.Name));

    public override Task<ListContextsResponse> ListContexts(ListContextsRequest request, ServerCallContext context)
    {
        var (page, next) = _contexts.List(request.Parent, request.PageSize, request.PageToken, request.Filter, request.OrderBy);
        return Task.FromResult(new ListContextsResponse { Contexts = { page }, NextPageToken = next });
    }

    public override Task<Context> UpdateContext(UpdateContextRequest request, ServerCallContext context) =>
        Task.FromResult(_contexts.Update(request.Context, request.UpdateMask, request.AllowMissing));

    public override Task<Operation> DeleteContext(DeleteContextRequest request, ServerCallContext context)
    {
        _contexts.Delete(request.Name, request.Etag);
        return Deleted(request.Name);
    }

    public override Task<Operation> PurgeContexts(PurgeContextsRequest request, ServerCallContext context) => throw NoPurge("contexts");

    public override Task<LineageSubgraph> QueryContextLineageSubgraph(QueryContextLineageSubgraphRequest request, ServerCallContext context) =>
        Task.FromResult(_lineage.OfContext(_contexts.Get(request.Context).Name));

    public override Task<AddContextArtifactsAndExecutionsResponse> AddContextArtifactsAndExecutions(AddContextArtifactsAndExecutionsRequest request, ServerCallContext context)
    {
        var name = _contexts.Get(request.Context).Name;
        List<string> members = [.. request.Artifacts.Select(artifact => _artifacts.Get(artifact).Name), .. request.Executions.Select(execution => _executions.Get(execution).Name)];
        _database.Write(connection =>
        {
            members.ForEach(member => connection.AddMember(name, member));
            return members.Count;
        });
        return Task.FromResult(new AddContextArtifactsAndExecutionsResponse());
    }

    public override Task<AddContextChildrenResponse> AddContextChildren(AddContextChildrenRequest request, ServerCallContext context)
    {
        var parent = _contexts.Get(request.Context).Name;
        var children = request.ChildContexts.Select(child => _contexts.Get(child).Name).ToList();
        _database.Write(connection =>
        {
            foreach (var child in children)
            {
                if (IsAncestor(connection, child, parent))
                {
                    throw Rpc.Invalid($"{child} is {parent} itself or above it: a context cannot be below itself.");
                }

                connection.AddChild(parent, child);
                if (connection.Parents(child).Count > MostParents)
                {
                    throw Rpc.Invalid($"{child} would have more than {MostParents} parents.");
                }
            }

            return children.Count;
        });
        return Task.FromResult(new AddContextChildrenResponse());
    }

    public override Task<RemoveContextChildrenResponse> RemoveContextChildren(RemoveContextChildrenRequest request, ServerCallContext context)
    {
        var parent = _contexts.Get(request.Context).Name;
        _database.Write(connection =>
        {
            foreach (var child in request.ChildContexts)
            {
                connection.RemoveChild(parent, child);
            }

            return request.ChildContexts.Count;
        });
        return Task.FromResult(new RemoveContextChildrenResponse());
    }

    /// <summary>Whether a context is another one, or above it.</summary>
    private static bool IsAncestor(SqliteConnection connection, string above, string below)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([below]);
        while (open.TryPop(out var name))
        {
            if (name == above)
            {
                return true;
            }

            if (seen.Add(name))
            {
                connection.Parents(name).ForEach(open.Push);
            }
        }

        return false;
    }
}
