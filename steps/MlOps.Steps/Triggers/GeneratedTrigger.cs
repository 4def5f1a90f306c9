using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Config;
using MlOps.CloudBuild.Triggers;
using MlOps.Core.Problems;
using MlOps.Steps.Project;

namespace MlOps.Steps.Triggers;

/// <summary>The trigger that an environment of mlops.yaml stands for.</summary>
internal static class GeneratedTrigger
{
    /// <param name="repository">Where the repo is hosted.</param>
    /// <param name="folder">The project's folder within the repository: empty, or with a slash at its end.</param>
    public static WrittenTrigger Of(ProjectFile project, DeliveryEnvironment environment, TriggerSettings settings, RepositorySettings repository, string folder)
    {
        var trigger = new BuildTrigger
        {
            Name = settings.Name ?? $"{project.Name}-{environment.Name}",
            Description = settings.Description ?? $"Delivers {project.Name} to {environment.Name}",
            Filename = folder + (settings.Config ?? DefaultConfig(project.Root, environment.Name)),
            Disabled = settings.Disabled,
            IncludedFiles = { settings.IncludedFiles },
            IgnoredFiles = { settings.IgnoredFiles },
            Substitutions = { settings.Substitutions },
            ServiceAccount = settings.ServiceAccount is { } account ? $"projects/{environment.Project}/serviceAccounts/{account}" : "",
            ApprovalConfig = environment.NeedsApproval ? new ApprovalConfig { ApprovalRequired = true } : null,
        };
        var path = SetSource(trigger, settings, repository, environment.Project);
        return new WrittenTrigger(trigger, Places(settings, path));
    }

    /// <summary><c>cloudbuild.ENVIRONMENT.yaml</c> where it is there, else <c>cloudbuild.yaml</c>.</summary>
    public static string DefaultConfig(string root, string environment) =>
        new[] { $"cloudbuild.{environment}.yaml", $"cloudbuild.{environment}.yml" }.FirstOrDefault(file => File.Exists(Path.Combine(root, file))) ?? "cloudbuild.yaml";

    /// <returns>The path of the pattern.</returns>
    private static string SetSource(BuildTrigger trigger, TriggerSettings settings, RepositorySettings repository, string project)
    {
        var request = settings.PullRequest is null ? null : new PullRequestFilter
        {
            Branch = settings.PullRequest,
            InvertRegex = settings.InvertRegex,
            CommentControl = settings.CommentControl switch
            {
                "COMMENTS_ENABLED" => PullRequestFilter.Types.CommentControl.CommentsEnabled,
                "COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY" => PullRequestFilter.Types.CommentControl.CommentsEnabledForExternalContributorsOnly,
                _ => PullRequestFilter.Types.CommentControl.CommentsDisabled,
            },
        };
        var push = settings switch
        {
            _ when request is not null => null,
            { Tag: { } tag } => new PushFilter { Tag = tag, InvertRegex = settings.InvertRegex },
            _ => new PushFilter { Branch = settings.Branch ?? "", InvertRegex = settings.InvertRegex },
        };
        var kind = request is not null ? "pullRequest.branch" : settings.Tag is not null ? "push.tag" : "push.branch";
        switch (repository.Host)
        {
            case RepositoryHost.GitHub:
                var owner = repository.Text.Split('/');
                trigger.Github = new GitHubEventsConfig { Owner = owner[0], Name = owner[1] };
                Set(one => trigger.Github.Push = one, one => trigger.Github.PullRequest = one);
                return $"github.{kind}";
            case RepositoryHost.Connection:
                trigger.RepositoryEventConfig = new RepositoryEventConfig { Repository = repository.Text };
                Set(one => trigger.RepositoryEventConfig.Push = one, one => trigger.RepositoryEventConfig.PullRequest = one);
                return $"repositoryEventConfig.{kind}";
            case RepositoryHost.DeveloperConnect:
                trigger.DeveloperConnectEventConfig = new DeveloperConnectEventConfig { GitRepositoryLink = repository.Text };
                Set(one => trigger.DeveloperConnectEventConfig.Push = one, one => trigger.DeveloperConnectEventConfig.PullRequest = one);
                return $"developerConnectEventConfig.{kind}";
            default:
                trigger.TriggerTemplate = new RepoSource { ProjectId = project, RepoName = repository.Text, InvertRegex = settings.InvertRegex };
                _ = push?.GitRefCase == PushFilter.GitRefOneofCase.Tag ? trigger.TriggerTemplate.TagName = push.Tag : trigger.TriggerTemplate.BranchName = push?.Branch ?? settings.PullRequest;
                return push?.GitRefCase == PushFilter.GitRefOneofCase.Tag ? "triggerTemplate.tagName" : "triggerTemplate.branchName";
        }

        void Set(Action<PushFilter> onPush, Action<PullRequestFilter> onRequest)
        {
            if (request is null)
            {
                onPush(push!);
            }
            else
            {
                onRequest(request);
            }
        }
    }

    private static ConfigPlaces Places(TriggerSettings settings, string pattern)
    {
        var spots = new Dictionary<string, SourceSpot>(StringComparer.Ordinal);
        foreach (var (key, spot) in settings.Spots)
        {
            spots[key switch
            {
                "branch" or "tag" or "pullRequest" => pattern,
                "config" => "filename",
                _ => key,
            }] = spot;
        }

        return new ConfigPlaces(ProjectFile.FileName, spots);
    }
}
