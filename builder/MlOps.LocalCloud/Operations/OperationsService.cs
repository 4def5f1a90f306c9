using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Operations;

/// <summary><c>google.longrunning.Operations</c> for every service.</summary>
internal sealed class OperationsService(OperationsTable table, TimeProvider time) : global::Google.LongRunning.Operations.OperationsBase
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public override Task<Operation> GetOperation(GetOperationRequest request, ServerCallContext context) => Task.FromResult(Existing(request.Name));

    public override Task<ListOperationsResponse> ListOperations(ListOperationsRequest request, ServerCallContext context)
    {
        if (request.Filter.Length > 0)
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, "The local cloud lists operations without a filter only."));
        }

        var page = Page.Of(request.PageSize, request.PageToken, largest: 1000);
        var found = table.List(request.Name.Replace("/operations", "", StringComparison.Ordinal), page.Skip, page.Size + 1);
        return Task.FromResult(new ListOperationsResponse { Operations = { found.Take(page.Size) }, NextPageToken = page.Next(found.Count) });
    }

    public override Task<Empty> DeleteOperation(DeleteOperationRequest request, ServerCallContext context) => table.Delete(request.Name)
        ? Task.FromResult(new Empty())
        : throw NotFound(request.Name);

    /// <summary>Best effort, as the contract has it: what is done stays done.</summary>
    public override Task<Empty> CancelOperation(CancelOperationRequest request, ServerCallContext context)
    {
        var operation = Existing(request.Name);
        return operation.Done
            ? Task.FromResult(new Empty())
            : throw new RpcException(new Status(StatusCode.Unimplemented, $"{request.Name} cannot be cancelled."));
    }

    public override async Task<Operation> WaitOperation(WaitOperationRequest request, ServerCallContext context)
    {
        var start = time.GetTimestamp();
        var patience = request.Timeout?.ToTimeSpan() ?? TimeSpan.FromMinutes(1);
        while (true)
        {
            var operation = Existing(request.Name);
            if (operation.Done || time.GetElapsedTime(start) >= patience)
            {
                return operation;
            }

            await Task.Delay(Pause, time, context.CancellationToken);
        }
    }

    private Operation Existing(string name) => table.Find(name) ?? throw NotFound(name);

    private static RpcException NotFound(string name) => new(new Status(StatusCode.NotFound, $"There is no operation {name}."));
}
