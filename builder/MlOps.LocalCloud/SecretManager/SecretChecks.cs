using System.Text;
using System.Text.RegularExpressions;
using Google.Cloud.SecretManager.V1;
using MlOps.LocalCloud.Hosting;
using SecretReplication = Google.Cloud.SecretManager.V1.Replication;

namespace MlOps.LocalCloud.SecretManager;

/// <summary>What a secret may hold (google/cloud/secretmanager/v1/resources.proto); what is refused is INVALID_ARGUMENT, what is not here UNIMPLEMENTED.</summary>
internal static partial class SecretChecks
{
    public const int LargestValue = 64 * 1024;
    private const int MostLabels = 64, MostAliases = 50, LargestAnnotations = 16 * 1024;

    public static void Id(string id)
    {
        if (!SecretId().IsMatch(id))
        {
            throw Rpc.Invalid($"secret_id '{id}' is not valid: expected up to 255 letters, digits, '-' and '_'.");
        }
    }

    public static void Fields(Secret secret)
    {
        RefuseMissing(secret);
        Labels(secret);
        if (secret.Annotations.FirstOrDefault(pair => !AnnotationKey().IsMatch(pair.Key)) is { Key: not null } odd)
        {
            throw Rpc.Invalid($"annotations: '{odd.Key}' is not a key: expected up to 63 letters, digits, '-', '_' and '.', a letter or digit at both ends.");
        }

        if (secret.Annotations.Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value)) >= LargestAnnotations)
        {
            throw Rpc.Invalid("annotations: keys and values together are 16 KiB or more.");
        }

        if (secret.VersionAliases.FirstOrDefault(pair => !Alias().IsMatch(pair.Key) || pair.Key is "latest" or "NEW") is { Key: not null } alias)
        {
            throw Rpc.Invalid($"version_aliases: '{alias.Key}' is not an alias: expected up to 63 letters, digits, '-' and '_', a letter first, and neither 'latest' nor 'NEW'.");
        }

        if (secret.VersionAliases.Count > MostAliases)
        {
            throw Rpc.Invalid($"version_aliases: {secret.VersionAliases.Count} of them, of at most {MostAliases}.");
        }
    }

    /// <summary>Every secret says how it is replicated, a regional one that it is not.</summary>
    public static void Replication(Secret secret, string parent)
    {
        var given = secret.Replication is { ReplicationCase: not SecretReplication.ReplicationOneofCase.None };
        if (given == SecretNames.IsRegional(parent))
        {
            throw Rpc.Invalid(given
                ? "secret.replication: a regional secret has none."
                : "secret.replication is required: automatic, or user_managed with its replicas.");
        }

        if (secret.Replication?.UserManaged is { Replicas.Count: 0 })
        {
            throw Rpc.Invalid("secret.replication.user_managed.replicas names no location.");
        }
    }

    private static void Labels(Secret secret)
    {
        if (secret.Labels.FirstOrDefault(pair => !LabelKey().IsMatch(pair.Key)) is { Key: not null } odd)
        {
            throw Rpc.Invalid($"labels: '{odd.Key}' is not a key: expected up to 63 lower-case letters, digits, '_' and '-', a letter first.");
        }

        if (secret.Labels.FirstOrDefault(pair => !LabelValue().IsMatch(pair.Value)) is { Key: not null } value)
        {
            throw Rpc.Invalid($"labels: '{value.Value}' is not a value (of {value.Key}): expected up to 63 lower-case letters, digits, '_' and '-'.");
        }

        if (secret.Labels.Count > MostLabels)
        {
            throw Rpc.Invalid($"labels: {secret.Labels.Count} of them, of at most {MostLabels}.");
        }
    }

    private static void RefuseMissing(Secret secret)
    {
        var isEncrypted = secret.CustomerManagedEncryption is not null
            || secret.Replication?.Automatic?.CustomerManagedEncryption is not null
            || secret.Replication?.UserManaged?.Replicas.Any(replica => replica.CustomerManagedEncryption is not null) is true;
        var missing = isEncrypted ? "customer-managed encryption (there is no Cloud KMS)"
            : secret.Rotation is not null ? "rotation"
            : secret.Topics.Count > 0 ? "topics"
            : secret.VersionDestroyTtl is not null ? "version_destroy_ttl"
            : secret.Tags.Count > 0 ? "tags"
            : secret.SecretType != Secret.Types.SecretType.Unspecified ? "secret_type"
            : null;
        if (missing is not null)
        {
            throw Rpc.Unimplemented($"The local cloud's secrets have no {missing}.");
        }
    }

    [GeneratedRegex(@"^[a-zA-Z0-9_-]{1,255}$", RegexOptions.CultureInvariant)]
    private static partial Regex SecretId();

    [GeneratedRegex(@"^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex LabelKey();

    [GeneratedRegex(@"^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex LabelValue();

    [GeneratedRegex(@"^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex AnnotationKey();

    [GeneratedRegex(@"^[a-zA-Z][a-zA-Z0-9_-]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex Alias();
}
