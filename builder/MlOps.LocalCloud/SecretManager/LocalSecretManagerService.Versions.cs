using Google.Cloud.SecretManager.V1;
using Google.Protobuf;
using Grpc.Core;
using MlOps.Google.Storage;
using MlOps.LocalCloud.Hosting;
using static Google.Cloud.SecretManager.V1.SecretVersion.Types;

namespace MlOps.LocalCloud.SecretManager;

/// <content>Versions.</content>
internal sealed partial class LocalSecretManagerService
{
    public override Task<SecretVersion> AddSecretVersion(AddSecretVersionRequest request, ServerCallContext context)
    {
        var secret = Existing(SecretNames.Secret(request.Parent));
        if (request.Payload is not { Data.IsEmpty: false } payload)
        {
            throw Rpc.Invalid("payload.data is required: a secret's value has one byte at least.");
        }

        if (payload.Data.Length > SecretChecks.LargestValue)
        {
            throw Rpc.Invalid($"payload.data has {payload.Data.Length} bytes; a secret's value has at most {SecretChecks.LargestValue}.");
        }

        var checksum = Checksum(payload);
        var version = new SecretVersion
        {
            CreateTime = Now,
            State = State.Enabled,
            Etag = NewETag(),
            ClientSpecifiedPayloadChecksum = payload.HasDataCrc32C,
            ReplicationStatus = Status(secret.Replication),
        };
        return Task.FromResult(store.AddVersion(secret.Name, version, payload.Data.Span, checksum).Message);
    }

    public override Task<SecretVersion> GetSecretVersion(GetSecretVersionRequest request, ServerCallContext context) =>
        Task.FromResult(access.Find(request.Name).Message);

    public override Task<ListSecretVersionsResponse> ListSecretVersions(ListSecretVersionsRequest request, ServerCallContext context)
    {
        var passes = SecretFilter.OfVersions(request.Filter);
        var secret = Existing(SecretNames.Secret(request.Parent));
        var found = store.Versions(secret.Name).ConvertAll(version => version.Message).FindAll(version => passes(version));
        var page = Page.Of(request.PageSize, request.PageToken, LargestPage);
        return Task.FromResult(new ListSecretVersionsResponse
        {
            Versions = { found.Skip(page.Skip).Take(page.Size) },
            NextPageToken = page.Next(found.Count - page.Skip),
            TotalSize = request.Filter.Length == 0 ? found.Count : 0,
        });
    }

    public override Task<AccessSecretVersionResponse> AccessSecretVersion(AccessSecretVersionRequest request, ServerCallContext context)
    {
        var version = access.Find(request.Name);
        return Task.FromResult(new AccessSecretVersionResponse
        {
            Name = version.Message.Name,
            Payload = new SecretPayload { Data = UnsafeByteOperations.UnsafeWrap(access.Value(version)), DataCrc32C = version.Checksum },
        });
    }

    public override Task<SecretVersion> EnableSecretVersion(EnableSecretVersionRequest request, ServerCallContext context) => Change(request.Name, request.Etag, State.Enabled);

    public override Task<SecretVersion> DisableSecretVersion(DisableSecretVersionRequest request, ServerCallContext context) => Change(request.Name, request.Etag, State.Disabled);

    public override Task<SecretVersion> DestroySecretVersion(DestroySecretVersionRequest request, ServerCallContext context) => Change(request.Name, request.Etag, State.Destroyed);

    private Task<SecretVersion> Change(string name, string etag, State state) => Task.FromResult(store.ChangeVersion(access.Find(name), version =>
    {
        CheckETag(etag, version.Etag);
        if (version.State == State.Destroyed)
        {
            throw Rpc.Precondition($"Secret Version [{version.Name}] is in DESTROYED state, which it does not leave.");
        }

        version.State = state;
        version.DestroyTime = state == State.Destroyed ? Now : null;
        version.Etag = NewETag();
    }));

    private static long Checksum(SecretPayload payload)
    {
        var crc = new Crc32c();
        crc.Add(payload.Data.Span);
        return !payload.HasDataCrc32C || payload.DataCrc32C == crc.Value
            ? crc.Value
            : throw Rpc.Invalid($"payload.data_crc32c is {payload.DataCrc32C}, which is not that of the data: it was damaged on its way.");
    }

    private static ReplicationStatus? Status(Replication? replication) => replication?.ReplicationCase switch
    {
        Replication.ReplicationOneofCase.Automatic => new() { Automatic = new() },
        Replication.ReplicationOneofCase.UserManaged => new()
        {
            UserManaged = new() { Replicas = { replication.UserManaged.Replicas.Select(replica => new ReplicationStatus.Types.UserManagedStatus.Types.ReplicaStatus { Location = replica.Location }) } },
        },
        _ => null,
    };
}
