using Grpc.Core;

namespace MlOps.LocalCloud.Hosting;

/// <summary>Refusals with their canonical status (google/rpc/code.proto).</summary>
internal static class Rpc
{
    public static RpcException NotFound(string message) => Of(StatusCode.NotFound, message);

    public static RpcException Invalid(string message) => Of(StatusCode.InvalidArgument, message);

    public static RpcException Exists(string message) => Of(StatusCode.AlreadyExists, message);

    public static RpcException Precondition(string message) => Of(StatusCode.FailedPrecondition, message);

    public static RpcException Unimplemented(string message) => Of(StatusCode.Unimplemented, message);

    private static RpcException Of(StatusCode code, string message) => new(new Status(code, message));
}
