using Google.Cloud.SecretManager.V1;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.SecretManager;

/// <summary>What lists of secrets and of versions are filtered by.</summary>
internal static class SecretFilter
{
    private const string Example = "name:db, labels.team=ml or create_time>2024-01-01";

    public static Func<Secret, bool> OfSecrets(string filter) => ListFilter<Secret>.Parse(filter, Field, Example);

    public static Func<SecretVersion, bool> OfVersions(string filter) => ListFilter<SecretVersion>.Parse(filter, VersionField, "state:ENABLED or create_time>2024-01-01");

    private static FilterField<Secret>? Field(string path) => path.Split('.', 2) switch
    {
        ["name"] => new FilterField<Secret>.Phrase(secret => secret.Name),
        ["labels", var key] => new FilterField<Secret>.Phrase(secret => secret.Labels.GetValueOrDefault(key)),
        ["annotations", var key] => new FilterField<Secret>.Phrase(secret => secret.Annotations.GetValueOrDefault(key)),
        ["create_time" or "createTime"] => new FilterField<Secret>.Time(secret => secret.CreateTime),
        ["expire_time" or "expireTime"] => new FilterField<Secret>.Time(secret => secret.ExpirationCase == Secret.ExpirationOneofCase.ExpireTime ? secret.ExpireTime : null),
        _ => null,
    };

    private static FilterField<SecretVersion>? VersionField(string path) => path switch
    {
        "name" => new FilterField<SecretVersion>.Phrase(version => version.Name),
        "state" => new FilterField<SecretVersion>.Phrase(version => version.State.ToString().ToUpperInvariant()),
        "create_time" or "createTime" => new FilterField<SecretVersion>.Time(version => version.CreateTime),
        "destroy_time" or "destroyTime" => new FilterField<SecretVersion>.Time(version => version.DestroyTime),
        _ => null,
    };
}
