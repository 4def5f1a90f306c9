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

        switch (trigger)
        {
            case { Github: { } github }:
                Required(github.Owner, "github.owner", "the owner of the repository on GitHub");
                Required(github.Name, "github.name", "the name of the repository on GitHub");
                Filter("github", github.Push, github.PullRequest);
                break;
            case { RepositoryEventConfig: { } config }:
                Form(config.Repository, Repository(), "repositoryEventConfig.repository", "projects/PROJECT/locations/REGION/connections/CONNECTION/repositories/REPOSITORY");
                Filter("repositoryEventConfig", config.Push, config.PullRequest);
                break;
            case { DeveloperConnectEventConfig: { } config }:
                Form(config.GitRepositoryLink, RepositoryLink(), "developerConnectEventConfig.gitRepositoryLink", "projects/PROJECT/locations/REGION/connections/CONNECTION/gitRepositoryLinks/LINK");
                Filter("developerConnectEventConfig", config.Push, config.PullRequest);
                break;
            case { BitbucketServerTriggerConfig: { } config }:
                Required(config.RepoSlug, "bitbucketServerTriggerConfig.repoSlug", "the repository's slug");
                Required(config.ProjectKey, "bitbucketServerTriggerConfig.projectKey", "the key of the repository's project");
                Form(config.BitbucketServerConfigResource, BitbucketConfig(), "bitbucketServerTriggerConfig.bitbucketServerConfigResource", "projects/PROJECT/locations/REGION/bitbucketServerConfigs/CONFIG");
                Filter("bitbucketServerTriggerConfig", config.Push, config.PullRequest);
                break;
            case { GitlabEnterpriseEventsConfig: { } config }:
                Required(config.ProjectNamespace, "gitlabEnterpriseEventsConfig.projectNamespace", "the project's path, such as group/name");
                Filter("gitlabEnterpriseEventsConfig", config.Push, config.PullRequest);
                break;
            case { TriggerTemplate: { } template }:
                Template(template);
                break;
            case { PubsubConfig: { } config }:
                Form(config.Topic, Topic(), "pubsubConfig.topic", "projects/PROJECT/topics/TOPIC");
                break;
            case { WebhookConfig: { } config }:
                Form(config.Secret, Secret(), "webhookConfig.secret", "projects/PROJECT/secrets/SECRET/versions/VERSION");
                break;
        }

        if (trigger.IncludeBuildLogs != BuildTrigger.Types.IncludeBuildLogs.Unspecified && trigger.Github is null && trigger.RepositoryEventConfig is null)
        {
            report.Error("build-logs", "'includeBuildLogs' is for triggers of GitHub only: leave it out.", "includeBuildLogs");
        }

        CheckEventType(trigger, report);
        CheckSourceToBuild(trigger, report);
        if (trigger.IgnoredFiles.Count + trigger.IncludedFiles.Count > 0 && TriggerSource.Of(trigger) is TriggerSource.Messages or TriggerSource.Webhooks)
        {
            report.Warning("unused-files", "'includedFiles' and 'ignoredFiles' mean nothing here: no files change with a message or a webhook.", trigger.IncludedFiles.Count > 0 ? "includedFiles" : "ignoredFiles");
        }

        void Required(string value, string path, string what)
        {
            if (value.Length == 0)
            {
                report.Error("missing-key", $"'{path}' is missing: {what}.", path);
            }
        }

        void Form(string value, Regex form, string path, string expected)
        {
            if (!form.IsMatch(value))
            {
                report.Error("bad-value", $"'{path}' is {(value.Length == 0 ? "missing" : $"'{value}'")}; expected {expected}.", path);
            }
        }

        void Filter(string path, PushFilter? push, PullRequestFilter? request)
        {
            if (push is null && request is null)
            {
                report.Error("no-event", $"'{path}' says nothing of what to wait for: give 'push' or 'pullRequest', such as push: {{branch: ^main$}}.", path);
            }
            else if (push is { GitRefCase: PushFilter.GitRefOneofCase.None })
            {
                report.Error("no-event", $"'{path}.push' needs 'branch' or 'tag', a regular expression.", $"{path}.push");
            }
            else if (request is { GitRefCase: PullRequestFilter.GitRefOneofCase.None })
            {
                report.Error("no-event", $"'{path}.pullRequest' needs 'branch', a regular expression for the branch that the pull request goes to.", $"{path}.pullRequest");
            }
        }

        void Template(RepoSource template)
        {
            Required(template.RepoName, "triggerTemplate.repoName", "the name of the Cloud Source repository");
            if (template.RevisionCase is RepoSource.RevisionOneofCase.None or RepoSource.RevisionOneofCase.CommitSha)
            {
                report.Error("no-event", "'triggerTemplate' needs 'branchName' or 'tagName', a regular expression.", "triggerTemplate");
            }
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
