using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Triggers.Checks;

/// <summary>One event source, and complete.</summary>
internal static partial class SourceChecks
{
    private static readonly (string Key, Func<BuildTrigger, object?> Value)[] Sources =
    [
        ("github", trigger => trigger.Github),
        ("repositoryEventConfig", trigger => trigger.RepositoryEventConfig),
        ("developerConnectEventConfig", trigger => trigger.DeveloperConnectEventConfig),
        ("bitbucketServerTriggerConfig", trigger => trigger.BitbucketServerTriggerConfig),
        ("gitlabEnterpriseEventsConfig", trigger => trigger.GitlabEnterpriseEventsConfig),
        ("triggerTemplate", trigger => trigger.TriggerTemplate),
        ("pubsubConfig", trigger => trigger.PubsubConfig),
        ("webhookConfig", trigger => trigger.WebhookConfig),
    ];

    public static void Check(BuildTrigger trigger, TriggerReport report)
    {
        var given = Sources.Where(source => source.Value(trigger) is not null).Select(source => source.Key).ToArray();
        if (given.Length > 1)
        {
            report.Error("many-sources", $"A trigger has one event source, and this one has {string.Join(" and ", given.Select(key => $"'{key}'"))}: keep one, and make another trigger of the rest.", given[1]);
        }

        CheckSource(trigger, new SourceFields(report));
        if (trigger.IncludeBuildLogs != BuildTrigger.Types.IncludeBuildLogs.Unspecified && trigger.Github is null && trigger.RepositoryEventConfig is null)
        {
            report.Error("build-logs", "'includeBuildLogs' is for triggers of GitHub only: leave it out.", "includeBuildLogs");
        }

        CheckEventType(trigger, report);
        CheckSourceToBuild(trigger, report);
        if (trigger.IgnoredFiles.Count + trigger.IncludedFiles.Count > 0 && TriggerSource.Of(trigger) is (TriggerSource.Messages or TriggerSource.Webhooks))
        {
            report.Warning("unused-files", "'includedFiles' and 'ignoredFiles' mean nothing here: no files change with a message or a webhook.", trigger.IncludedFiles.Count > 0 ? "includedFiles" : "ignoredFiles");
        }
    }

    private static void CheckSource(BuildTrigger trigger, SourceFields fields)
    {
        switch (trigger)
        {
            case { Github: { } github }:
                fields.Required(github.Owner, "github.owner", "the owner of the repository on GitHub");
                fields.Required(github.Name, "github.name", "the name of the repository on GitHub");
                fields.Filter("github", github.Push, github.PullRequest);
                break;
            case { RepositoryEventConfig: { } config }:
                fields.Form(config.Repository, Repository(), "repositoryEventConfig.repository", "projects/PROJECT/locations/REGION/connections/CONNECTION/repositories/REPOSITORY");
                fields.Filter("repositoryEventConfig", config.Push, config.PullRequest);
                break;
            case { DeveloperConnectEventConfig: { } config }:
                fields.Form(config.GitRepositoryLink, RepositoryLink(), "developerConnectEventConfig.gitRepositoryLink", "projects/PROJECT/locations/REGION/connections/CONNECTION/gitRepositoryLinks/LINK");
                fields.Filter("developerConnectEventConfig", config.Push, config.PullRequest);
                break;
            case { BitbucketServerTriggerConfig: { } config }:
                fields.Required(config.RepoSlug, "bitbucketServerTriggerConfig.repoSlug", "the repository's slug");
                fields.Required(config.ProjectKey, "bitbucketServerTriggerConfig.projectKey", "the key of the repository's project");
                fields.Form(config.BitbucketServerConfigResource, BitbucketConfig(), "bitbucketServerTriggerConfig.bitbucketServerConfigResource", "projects/PROJECT/locations/REGION/bitbucketServerConfigs/CONFIG");
                fields.Filter("bitbucketServerTriggerConfig", config.Push, config.PullRequest);
                break;
            case { GitlabEnterpriseEventsConfig: { } config }:
                fields.Required(config.ProjectNamespace, "gitlabEnterpriseEventsConfig.projectNamespace", "the project's path, such as group/name");
                fields.Filter("gitlabEnterpriseEventsConfig", config.Push, config.PullRequest);
                break;
            case { TriggerTemplate: { } template }:
                fields.Template(template);
                break;
            case { PubsubConfig: { } config }:
                fields.Form(config.Topic, Topic(), "pubsubConfig.topic", "projects/PROJECT/topics/TOPIC");
                break;
            case { WebhookConfig: { } config }:
                fields.Form(config.Secret, Secret(), "webhookConfig.secret", "projects/PROJECT/secrets/SECRET/versions/VERSION");
                break;
        }
    }

    private static void CheckEventType(BuildTrigger trigger, TriggerReport report)
    {
        var actual = TriggerSource.Of(trigger) switch
        {
            TriggerSource.OfRepository => BuildTrigger.Types.EventType.Repo,
            TriggerSource.Messages => BuildTrigger.Types.EventType.Pubsub,
            TriggerSource.Webhooks => BuildTrigger.Types.EventType.Webhook,
            _ => BuildTrigger.Types.EventType.Manual,
        };
        if (trigger.EventType != BuildTrigger.Types.EventType.Unspecified && trigger.EventType != actual)
        {
            report.Error("bad-event-type", $"'eventType' is {trigger.EventType.ToString().ToUpperInvariant()}, and by its source the trigger is {actual.ToString().ToUpperInvariant()}: leave 'eventType' out.", "eventType");
        }
    }

    private static void CheckSourceToBuild(BuildTrigger trigger, TriggerReport report)
    {
        if (trigger.SourceToBuild is not { } source)
        {
            return;
        }

        if (TriggerSource.Of(trigger) is TriggerSource.OfRepository)
        {
            report.Error("unused-source", "'sourceToBuild' is for triggers that are run by hand, by messages and by webhooks; this one builds the commit that started it.", "sourceToBuild");
        }

        if (!source.Ref.StartsWith("refs/", StringComparison.Ordinal))
        {
            report.Error("bad-ref", $"'sourceToBuild.ref' is {(source.Ref.Length == 0 ? "missing" : $"'{source.Ref}'")}; it must begin with refs/, such as refs/heads/{(source.Ref.Length == 0 ? "main" : source.Ref)}.", "sourceToBuild.ref");
        }

        if (source.Uri.Length == 0 && source.Repository.Length == 0)
        {
            report.Error("missing-key", "'sourceToBuild' needs 'uri' (the repository's address) or 'repository' (a connected repository).", "sourceToBuild");
        }
    }

    [GeneratedRegex("^projects/[^/]+/locations/[^/]+/connections/[^/]+/repositories/[^/]+$")]
    private static partial Regex Repository();

    [GeneratedRegex("^projects/[^/]+/locations/[^/]+/connections/[^/]+/gitRepositoryLinks/[^/]+$")]
    private static partial Regex RepositoryLink();

    [GeneratedRegex("^projects/[^/]+/locations/[^/]+/bitbucketServerConfigs/[^/]+$")]
    private static partial Regex BitbucketConfig();

    [GeneratedRegex("^projects/[^/]+/topics/[^/]+$")]
    private static partial Regex Topic();

    [GeneratedRegex("^projects/[^/]+/secrets/[^/]+/versions/[^/]+$")]
    private static partial Regex Secret();
}
