using Google.LongRunning;
using Google.Protobuf;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Http;
using MlOps.Google.Retry;

namespace MlOps.Google.Grpc;

/// <summary>Waits for long-running operations (google/longrunning/operations.proto).</summary>
internal sealed class OperationsWait(CallInvoker invoker, GrpcChannels channels, GrpcRetry retry, ServiceHost host)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private readonly Operations.OperationsClient _client = new(invoker);

    /// <summary>The operation's response, once it is done.</summary>
    /// <exception cref="CloudException">It ended with an error.</exception>
    public async Task<T> ResultAsync<T>(string what, Operation operation, CancellationToken cancel) where T : IMessage<T>, new()
    {
        for (var pause = TimeSpan.FromMilliseconds(200); !operation.Done; pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause)
        {
            await Task.Delay(pause, channels.Policy.Time, cancel);
            var request = new GetOperationRequest { Name = operation.Name };
            operation = await retry.RepeatableAsync(what, token => _client.GetOperationAsync(request, channels.Options("name", request.Name, token)), cancel);
        }

        return operation.ResultCase == Operation.ResultOneofCase.Error
            ? throw RpcFailure.Of(new RpcException(new Status((StatusCode)operation.Error.Code, operation.Error.Message)), host, what, 1)
            : operation.Response.Unpack<T>();
    }
}
