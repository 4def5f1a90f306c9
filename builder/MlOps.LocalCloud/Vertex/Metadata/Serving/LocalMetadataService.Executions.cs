using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Vertex.Metadata.Serving;

internal sealed partial class LocalMetadataService
{
    public override Task<Execution> CreateExecution(CreateExecutionRequest request, ServerCallContext context) =>
        Task.FromResult(_executions.Create(request.Parent, request.ExecutionId, request.Execution));

    public override Task<Execution> GetExecution(GetExecutionRequest request, ServerCallContext context) => Task.FromResult(_executions.Get(request.Name));

    public override Task<ListExecutionsResponse> ListExecutions(ListExecutionsRequest request, ServerCallContext context)
    {
        var (page, next) = _executions.List(request.Parent, request.PageSize, request.PageToken, request.Filter, request.OrderBy);
        return Task.FromResult(new ListExecutionsResponse { Executions = { page }, NextPageToken = next });
    }

    public override Task<Execution> UpdateExecution(UpdateExecutionRequest request, ServerCallContext context) =>
        Task.FromResult(_executions.Update(request.Execution, request.UpdateMask, request.AllowMissing));

    public override Task<Operation> DeleteExecution(DeleteExecutionRequest request, ServerCallContext context)
    {
        _executions.Delete(request.Name, request.Etag);
        return Deleted(request.Name);
    }

    public override Task<Operation> PurgeExecutions(PurgeExecutionsRequest request, ServerCallContext context) => throw NoPurge("executions");

    public override Task<LineageSubgraph> QueryExecutionInputsAndOutputs(QueryExecutionInputsAndOutputsRequest request, ServerCallContext context) =>
        Task.FromResult(_lineage.OfExecution(request.Execution));

    public override Task<AddExecutionEventsResponse> AddExecutionEvents(AddExecutionEventsRequest request, ServerCallContext context)
    {
        var execution = _executions.Get(request.Execution).Name;
        foreach (var happened in request.Events)
        {
            _ = _artifacts.Get(happened.Artifact);
            if (happened.Type is not (Event.Types.Type.Input or Event.Types.Type.Output))
            {
                throw Rpc.Invalid($"The event with {happened.Artifact} has no type: expected INPUT or OUTPUT.");
            }
        }

        _database.Write(connection =>
        {
            foreach (var happened in request.Events.Select(given => given.Clone()))
            {
                (happened.Execution, happened.EventTime) = (execution, _time.GetUtcNow().ToTimestamp());
                connection.AddEvent(happened);
            }

            return request.Events.Count;
        });
        return Task.FromResult(new AddExecutionEventsResponse());
    }
}
