using System.Collections.Frozen;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.Reflection;

namespace MlOps.CloudBuild.Config;

/// <summary>
/// What gcloud 528's message types (from the API's discovery document) and the public protos know differently. What only gcloud knows
/// is read, checked and sent like everything else, but has no place in the proto's message.
/// </summary>
internal static class GcloudTypes
{
    /// <summary>Fields and messages that only gcloud knows: <c>name type</c>, where a type is a scalar, the names of an enum, or a message of this table or of the protos; <c>[]</c> for lists.</summary>
    private const string Besides = """
        MavenArtifact: deployFolder string
        HttpConfig: proxySslCaInfo GCSLocation
        BuildOptions: anthosCluster AnthosWorkerPool, cluster ClusterOptions, dockerDaemon DOCKER_DAEMON_UNSPECIFIED|NO_DOCKER|NON_PRIVILEGED|PRIVILEGED, pubsubTopic string
        PoolOption: workerConfig PoolOptionWorkerConfig
        Source: developerConnectConfig DeveloperConnectConfig
        BuildTrigger: approvalConfig ApprovalConfig, bitbucketServerTriggerConfig BitbucketServerTriggerConfig, cron CronConfig, developerConnectEventConfig DeveloperConnectEventConfig, eventType EVENT_TYPE_UNSPECIFIED|REPO|WEBHOOK|PUBSUB|MANUAL, gitlabEnterpriseEventsConfig GitLabEventsConfig, includeBuildLogs INCLUDE_BUILD_LOGS_UNSPECIFIED|INCLUDE_BUILD_LOGS_WITH_STATUS
        GitFileSource: bitbucketServerConfig string
        GitHubEventsConfig: enterpriseConfig GitHubEnterpriseConfig, enterpriseConfigResourceName string
        GitRepoSource: bitbucketServerConfig string
        GCSLocation: bucket string, generation int64, object string
        AnthosWorkerPool: membership string
        ClusterOptions: name string
        PoolOptionWorkerConfig: diskSizeGb int64, memoryGb float, vcpuCount float
        DeveloperConnectConfig: dir string, gitRepositoryLink string, revision string
        BitbucketServerTriggerConfig: bitbucketServerConfig BitbucketServerConfig, bitbucketServerConfigResource string, projectKey string, pullRequest PullRequestFilter, push PushFilter, repoSlug string
        CronConfig: enterpriseConfigResource string, schedule string, timeZone string
        DeveloperConnectEventConfig: gitRepositoryLink string, gitRepositoryLinkType GIT_REPOSITORY_LINK_TYPE_UNSPECIFIED|GITHUB|GITHUB_ENTERPRISE|GITLAB|GITLAB_ENTERPRISE|BITBUCKET_DATA_CENTER|BITBUCKET_CLOUD, pullRequest PullRequestFilter, push PushFilter
        GitLabEventsConfig: gitlabConfig GitLabConfig, gitlabConfigResource string, projectNamespace string, pullRequest PullRequestFilter, push PushFilter
        GitHubEnterpriseConfig: appConfigJson GCSLocation
        BitbucketServerConfig: apiKey string, connectedRepositories BitbucketServerRepositoryId[], createTime string, hostUri string, name string, peeredNetwork string, peeredNetworkIpRange string, secrets BitbucketServerSecrets, sslCa string, username string, webhookKey string
        GitLabConfig: connectedRepositories GitLabRepositoryId[], createTime string, enterpriseConfig GitLabEnterpriseConfig, name string, secrets GitLabSecrets, username string, webhookKey string
        GitHubEnterpriseSecrets: oauthClientIdName string, oauthSecretName string, privateKeyName string, webhookSecretName string
        BitbucketServerRepositoryId: projectKey string, repoSlug string, webhookId int32
        BitbucketServerSecrets: adminAccessTokenVersionName string, readAccessTokenVersionName string, webhookSecretVersionName string
        GitLabRepositoryId: id string, webhookId int32
        GitLabEnterpriseConfig: hostUri string, serviceDirectoryConfig ServiceDirectoryConfig, sslCa string
        GitLabSecrets: apiAccessTokenVersion string, apiKeyVersion string, readAccessTokenVersion string, webhookSecretVersion string
        ServiceDirectoryConfig: service string
        """;

    private static readonly FrozenDictionary<string, string> Lines = Besides.Split('\n')
        .Select(line => line.Split(": "))
        .ToFrozenDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string[]> EnumNamesBesides = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["google.devtools.cloudbuild.v1.GitFileSource.RepoType"] = ["BITBUCKET_CLOUD"],
        ["google.devtools.cloudbuild.v1.RepositoryEventConfig.RepositoryType"] = ["BITBUCKET_DATA_CENTER", "BITBUCKET_CLOUD"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A field of the proto that gcloud does not know: all are results that the service fills in.</summary>
    public static bool Lacks(FieldDescriptor field) => field.JsonName == "artifactRegistryPackage";

    public static bool Lacks(FieldDescriptor field, string enumName) =>
        enumName == "E2_STANDARD_2" && field.EnumType.FullName == "google.devtools.cloudbuild.v1.BuildOptions.MachineType";

    public static string[] NamesBesides(FieldDescriptor field) =>
        field.FieldType == FieldType.Enum && EnumNamesBesides.TryGetValue(field.EnumType.FullName, out var names) ? names : [];

    public static IEnumerable<FieldSchema> FieldsBesides(MessageDescriptor type) => Lines.TryGetValue(type.Name, out var line) ? Parse(line) : [];

    private static IEnumerable<FieldSchema> Parse(string line) => line.Split(", ").Select(field =>
    {
        var (name, type) = field.Split(' ') is [var first, var second] ? (first, second) : throw new InvalidOperationException(field);
        var repeated = type.EndsWith("[]", StringComparison.Ordinal);
        type = repeated ? type[..^2] : type;
        var kind = Kind(type);
        return new FieldSchema(name, kind, repeated, IsMap: false, kind == FieldKind.Message ? Message(type) : null, kind == FieldKind.Enum ? [.. type.Split('|')] : [], []);
    });

    private static FieldKind Kind(string type) => type switch
    {
        "string" => FieldKind.Text,
        "bool" => FieldKind.Bool,
        "int32" => FieldKind.Int32,
        "int64" => FieldKind.Int64,
        "float" => FieldKind.Float,
        _ => type.Contains('|', StringComparison.Ordinal) ? FieldKind.Enum : FieldKind.Message,
    };

    private static MessageSchema Message(string name) =>
        CloudbuildReflection.Descriptor.FindTypeByName<MessageDescriptor>(name) is { } known
            ? MessageSchema.Of(known)
            : new MessageSchema(name, () => Parse(Lines[name]));
}
