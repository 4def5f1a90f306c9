using System.Globalization;
using Google.Cloud.SecretManager.V1;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.SecretManager;

/// <summary>Secrets' values, for the service itself and for the local cloud's other services. They never reach a log or an error.</summary>
internal sealed class SecretAccess(SecretStore store)
{
    /// <param name="version"><c>projects/P/secrets/S/versions/V</c> (or below <c>projects/P/locations/L</c>), V a number, an alias or <c>latest</c>.</param>
    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND, or FAILED_PRECONDITION for a disabled or destroyed one.</exception>
    public byte[] Access(string version) => Value(Find(version));

    /// <summary>A version, whatever its state; <c>latest</c> is the newest one, even where it is disabled, as Google has it.</summary>
    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND.</exception>
    public StoredVersion Find(string version)
    {
        var (secret, id) = SecretNames.Version(version);
        var found = store.Find(secret) ?? throw Rpc.NotFound($"Secret [{secret}] not found or has no versions.");
        if (id == "latest")
        {
            return store.FindVersion(secret, number: null) ?? throw Rpc.NotFound($"Secret [{secret}] not found or has no versions.");
        }

        var number = long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given
            : found.VersionAliases.TryGetValue(id, out var aliased) ? aliased
            : throw Rpc.NotFound($"Secret Version [{version}] not found.");
        return store.FindVersion(secret, number) ?? throw Rpc.NotFound($"Secret Version [{version}] not found.");
    }

    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION for a disabled or destroyed one.</exception>
    public byte[] Value(StoredVersion version) => version.Message.State == SecretVersion.Types.State.Enabled
        ? store.Value(version)
        : throw Rpc.Precondition($"Secret Version [{version.Message.Name}] is in {version.Message.State.ToString().ToUpperInvariant()} state.");
}
