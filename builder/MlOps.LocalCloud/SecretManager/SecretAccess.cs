namespace MlOps.LocalCloud.SecretManager;

/// <summary>Secrets' values for the local cloud's other services.</summary>
internal sealed class SecretAccess
{
    /// <param name="version"><c>projects/P/secrets/S/versions/V</c>, V a number or <c>latest</c>.</param>
    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND, or FAILED_PRECONDITION for a disabled or destroyed one.</exception>
    public byte[] Access(string version) => throw new NotSupportedException();
}
