using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Operations;

/// <summary>Operations that a service tells from its own records, under names that no other service uses.</summary>
/// <param name="Find">Null for names that are not its own.</param>
/// <param name="CancelAsync">Cancels one that it has found.</param>
internal sealed record OwnOperations(Func<string, Operation?> Find, Func<string, Task> CancelAsync);

/// <summary><c>google.longrunning.Operations</c> for every service.</summary>
internal sealed class OperationsService(OperationsTable table, OwnOperations builds, TimeProvider time) : global::Google.LongRunning.Operations.OperationsBase
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public override Task<Operation> GetOperation(GetOperationRequest request, ServerCallContext context) => Task.FromResult(Get(request.Name));

    public override Task<ListOperationsResponse> ListOperations(ListOperationsRequest request, ServerCallContext context) => Task.FromResult(List(request));

    public override Task<Empty> DeleteOperation(DeleteOperationRequest request, ServerCallContext context) => Task.FromResult(Delete(request.Name));

    public override Task<Empty> CancelOperation(CancelOperationRequest request, ServerCallContext context) => CancelAsync(request.Name);

    public override Task<Operation> WaitOperation(WaitOperationRequest request, ServerCallContext context) =>
        WaitAsync(request.Name, request.Timeout?.ToTimeSpan(), context.CancellationToken);

    public Operation Get(string name) => table.Find(name) ?? builds.Find(name) ?? throw NotFound(name);

    public ListOperationsResponse List(ListOperationsRequest request)
    {
        if (request.Filter.Length > 0)
        {
            throw Rpc.Unimplemented("The local cloud lists operations without a filter only.");
        }

        var page = Page.Of(request.PageSize, request.PageToken, largest: 1000);
        var parent = request.Name.EndsWith("/operations", StringComparison.Ordinal) ? request.Name[..^"/operations".Length] : request.Name;
        var found = table.List(parent, page.Skip, page.Size + 1);
        return new ListOperationsResponse { Operations = { found.Take(page.Size) }, NextPageToken = page.Next(found.Count) };
    }

    public Empty Delete(string name) => table.Delete(name) ? new Empty() : throw NotFound(name);

    /// <summary>Best effort, as the contract has it: what is done stays done.</summary>
    public async Task<Empty> CancelAsync(string name)
    {
        if (!Get(name).Done)
        {
            await (builds.Find(name) is null ? throw Rpc.Unimplemented($"{name} cannot be cancelled.") : builds.CancelAsync(name));
        }

        return new Empty();
    }

    /// <summary>The operation once it is done, or as it is when <paramref name="patience"/> (a minute by default) is over.</summary>
    public async Task<Operation> WaitAsync(string name, TimeSpan? patience, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var operation = Get(name);
            if (operation.Done || time.GetElapsedTime(start) >= (patience ?? TimeSpan.FromMinutes(1)))
            {
                return operation;
            }

            await Task.Delay(Pause, time, cancel);
        }
    }

    private static RpcException NotFound(string name) => Rpc.NotFound($"There is no operation {name}.");
}
