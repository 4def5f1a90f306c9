using System.Security.Cryptography;
using Google.Cloud.Iam.V1;
using Google.Cloud.SecretManager.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.SecretManager;

/// <summary><c>google.cloud.secretmanager.v1.SecretManagerService</c>, global and regional secrets; IAM and managed rotation are UNIMPLEMENTED.</summary>
internal sealed partial class LocalSecretManagerService(SecretStore store, SecretAccess access, TimeProvider time) : SecretManagerService.SecretManagerServiceBase
{
    private const int LargestPage = 25_000;

    /// <summary>The last ones are refused as UNIMPLEMENTED where they are given.</summary>
    private static readonly string[] Changeable =
        ["labels", "annotations", "version_aliases", "expire_time", "ttl", "etag", "topics", "rotation", "version_destroy_ttl", "customer_managed_encryption"];

    public override Task<Secret> CreateSecret(CreateSecretRequest request, ServerCallContext context)
    {
        var parent = SecretNames.Parent(request.Parent);
        SecretChecks.Id(request.SecretId);
        var secret = request.Secret?.Clone() ?? new Secret();
        SecretChecks.Replication(secret, parent);
        SecretChecks.Fields(secret);
        secret.Name = $"{parent}/secrets/{request.SecretId}";
        secret.CreateTime = Now;
        Stamp(secret);
        return store.Create(parent, secret) ? Task.FromResult(secret) : throw Rpc.Exists($"Secret [{secret.Name}] already exists.");
    }

    public override Task<Secret> GetSecret(GetSecretRequest request, ServerCallContext context) => Task.FromResult(Existing(SecretNames.Secret(request.Name)));

    public override Task<ListSecretsResponse> ListSecrets(ListSecretsRequest request, ServerCallContext context)
    {
        var passes = SecretFilter.OfSecrets(request.Filter);
        var found = store.List(SecretNames.Parent(request.Parent)).FindAll(secret => passes(secret));
        var page = Page.Of(request.PageSize, request.PageToken, LargestPage);
        return Task.FromResult(new ListSecretsResponse
        {
            Secrets = { found.Skip(page.Skip).Take(page.Size) },
            NextPageToken = page.Next(found.Count - page.Skip),
            TotalSize = request.Filter.Length == 0 ? found.Count : 0,
        });
    }

    public override Task<Secret> UpdateSecret(UpdateSecretRequest request, ServerCallContext context)
    {
        var name = SecretNames.Secret(request.Secret?.Name ?? "");
        var paths = Paths(request.UpdateMask);
        var changed = store.Change(name, old =>
        {
            CheckETag(request.Secret!.Etag, old.Etag);
            FieldMasks.Apply(paths, request.Secret, old);
            SecretChecks.Fields(old);
            RefuseAliasesOfNothing(old);
            Stamp(old);
            return old;
        });
        return Task.FromResult(changed ?? throw NotFound(name));
    }

    public override Task<Empty> DeleteSecret(DeleteSecretRequest request, ServerCallContext context)
    {
        var name = SecretNames.Secret(request.Name);
        return store.Delete(name, secret => CheckETag(request.Etag, secret.Etag)) ? Task.FromResult(new Empty()) : throw NotFound(name);
    }

    public override Task<Policy> GetIamPolicy(GetIamPolicyRequest request, ServerCallContext context) => throw NoPolicies();

    public override Task<Policy> SetIamPolicy(SetIamPolicyRequest request, ServerCallContext context) => throw NoPolicies();

    public override Task<TestIamPermissionsResponse> TestIamPermissions(TestIamPermissionsRequest request, ServerCallContext context) => throw NoPolicies();

    private static RpcException NoPolicies() => Rpc.Unimplemented("The local cloud has no IAM: everybody on this machine may do everything, and nobody asks who calls.");

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    private Secret Existing(string name) => store.Find(name) ?? throw NotFound(name);

    private static RpcException NotFound(string name) => Rpc.NotFound($"Secret [{name}] not found.");

    private static string NewETag() => $"\"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(7))}\"";

    /// <exception cref="RpcException">FAILED_PRECONDITION: the caller has seen another state.</exception>
    private static void CheckETag(string given, string current)
    {
        if (given.Length > 0 && given != current)
        {
            throw Rpc.Precondition($"The etag {given} does not match the current etag {current}: read it again before you change it.");
        }
    }

    /// <summary>A time to live becomes the time of its end, which is what clients read back.</summary>
    private void Stamp(Secret secret)
    {
        if (secret.ExpirationCase == Secret.ExpirationOneofCase.Ttl)
        {
            secret.ExpireTime = Timestamp.FromDateTimeOffset(time.GetUtcNow() + secret.Ttl.ToTimeSpan());
        }

        secret.Etag = NewETag();
    }

    private void RefuseAliasesOfNothing(Secret secret)
    {
        foreach (var (alias, number) in secret.VersionAliases)
        {
            if (store.FindVersion(secret.Name, number) is null)
            {
                throw Rpc.NotFound($"version_aliases: '{alias}' names version {number}, which {secret.Name} does not have.");
            }
        }
    }

    private static string[] Paths(FieldMask? mask)
    {
        string[] paths = [.. (mask?.Paths ?? []).Select(FieldMasks.SnakeCase)];
        if (paths.Length == 0)
        {
            throw Rpc.Invalid("update_mask is required: it names the fields to change, such as 'labels'.");
        }

        return Array.Find(paths, path => !Changeable.Contains(path)) is { } fixedPath
            ? throw Rpc.Invalid($"update_mask names '{fixedPath}'; what can be changed is {string.Join(", ", Changeable.Take(5))}.")
            : paths;
    }
}
