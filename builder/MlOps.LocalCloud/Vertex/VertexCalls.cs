using System.Text.RegularExpressions;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Operations;

namespace MlOps.LocalCloud.Vertex;

/// <summary>What calls of all of Vertex AI's services have in common.</summary>
internal static partial class VertexCalls
{
    /// <summary>A request's <c>parent</c>, checked: <c>projects/P/locations/L</c>.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it is not of that form.</exception>
    public static string Parent(string parent) =>
        Location().IsMatch(parent) ? parent : throw Rpc.Invalid($"The parent '{parent}' must be projects/PROJECT/locations/LOCATION.");

    /// <summary>The operation of a deletion, which is done at once.</summary>
    /// <param name="parent"><c>projects/P/locations/L</c>.</param>
    /// <param name="response">Of the type that the method's <c>operation_info</c> names; null for Empty.</param>
    public static Operation Deleted(this OperationsTable operations, string parent, TimeProvider time, IMessage? response = null) =>
        operations.Done(parent, new DeleteOperationMetadata { GenericMetadata = Metadata(time) }, response ?? new Empty());

    /// <summary>Of an operation that began and ended now.</summary>
    public static GenericOperationMetadata Metadata(TimeProvider time)
    {
        var now = time.GetUtcNow().ToTimestamp();
        return new GenericOperationMetadata { CreateTime = now, UpdateTime = now };
    }

    [GeneratedRegex("^projects/[^/]+/locations/[^/]+$")]
    private static partial Regex Location();
}
