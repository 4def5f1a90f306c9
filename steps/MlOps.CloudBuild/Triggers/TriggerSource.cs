using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Triggers;

/// <summary>What a trigger listens to: the one event source of its message.</summary>
public abstract record TriggerSource
{
    /// <summary>In words, after "the trigger is for": <c>branch pushes</c>.</summary>
    public abstract string Words { get; }

    /// <param name="Repository">Which one.</param>
    /// <param name="Pattern">RE2, unanchored.</param>
    /// <param name="Invert">What does not match the pattern fires.</param>
    /// <param name="Path">Of the pattern in the trigger's message: <c>github.push.branch</c>.</param>
    public abstract record OfRepository(RepositoryId Repository, string Pattern, bool Invert, string Path) : TriggerSource;

    public sealed record Branches(RepositoryId Repository, string Pattern, bool Invert, string Path) : OfRepository(Repository, Pattern, Invert, Path)
    {
        public override string Words => "pushes to branches";
    }

    public sealed record Tags(RepositoryId Repository, string Pattern, bool Invert, string Path) : OfRepository(Repository, Pattern, Invert, Path)
    {
        public override string Words => "pushes of tags";
    }

    public sealed record PullRequests(RepositoryId Repository, string Pattern, bool Invert, string Path, PullRequestFilter.Types.CommentControl Comments) : OfRepository(Repository, Pattern, Invert, Path)
    {
        public override string Words => "pull requests";
    }

    public sealed record Messages(string Topic) : TriggerSource
    {
        public override string Words => $"messages of {Topic}";
    }

    /// <param name="Secret"><c>projects/P/secrets/S/versions/V</c></param>
    public sealed record Webhooks(string Secret) : TriggerSource
    {
        public override string Words => "webhooks";
    }

    /// <summary>Runs only when it is asked to.</summary>
    public sealed record Manual : TriggerSource
    {
        public override string Words => "being run by hand";
    }

    public static TriggerSource Of(BuildTrigger trigger) => trigger switch
    {
        { Github: { } github } => Of(RepositoryId.Of(github), "github", github.Push, github.PullRequest),
        { RepositoryEventConfig: { } config } => Of(RepositoryId.Connected(config.Repository), "repositoryEventConfig", config.Push, config.PullRequest),
        { DeveloperConnectEventConfig: { } config } => Of(RepositoryId.Connected(config.GitRepositoryLink), "developerConnectEventConfig", config.Push, config.PullRequest),
        { BitbucketServerTriggerConfig: { } config } => Of(new RepositoryId(config.ProjectKey, config.RepoSlug), "bitbucketServerTriggerConfig", config.Push, config.PullRequest),
        { GitlabEnterpriseEventsConfig: { } config } => Of(RepositoryId.Path(config.ProjectNamespace), "gitlabEnterpriseEventsConfig", config.Push, config.PullRequest),
        { TriggerTemplate: { } template } => Of(template),
        { PubsubConfig: { } config } => new Messages(config.Topic),
        { WebhookConfig: { } config } => new Webhooks(config.Secret),
        _ => new Manual(),
    };

    private static TriggerSource Of(RepositoryId repository, string path, PushFilter? push, PullRequestFilter? request) => (push, request) switch
    {
        ({ GitRefCase: PushFilter.GitRefOneofCase.Tag }, _) => new Tags(repository, push.Tag, push.InvertRegex, $"{path}.push.tag"),
        ({ GitRefCase: PushFilter.GitRefOneofCase.Branch }, _) => new Branches(repository, push.Branch, push.InvertRegex, $"{path}.push.branch"),
        (_, { GitRefCase: PullRequestFilter.GitRefOneofCase.Branch }) => new PullRequests(repository, request.Branch, request.InvertRegex, $"{path}.pullRequest.branch", request.CommentControl),
        _ => new Manual(),
    };

    private static TriggerSource Of(RepoSource template)
    {
        var repository = new RepositoryId("", template.RepoName);
        return template.RevisionCase switch
        {
            RepoSource.RevisionOneofCase.TagName => new Tags(repository, template.TagName, template.InvertRegex, "triggerTemplate.tagName"),
            RepoSource.RevisionOneofCase.BranchName => new Branches(repository, template.BranchName, template.InvertRegex, "triggerTemplate.branchName"),
            _ => new Manual(),
        };
    }
}

/// <summary>A repository as triggers name it.</summary>
/// <param name="Owner">Empty where there is none, or where it is not told.</param>
/// <param name="Name">Without its owner.</param>
public sealed record RepositoryId(string Owner, string Name)
{
    public string FullName => Owner.Length > 0 ? $"{Owner}/{Name}" : Name;

    public static RepositoryId Of(GitHubEventsConfig github) => new(github.Owner, github.Name);

    /// <summary><c>projects/P/locations/L/connections/C/repositories/R</c>: connected repositories are named <c>OWNER-NAME</c> by habit, which cannot be taken apart.</summary>
    public static RepositoryId Connected(string resource) => new("", resource[(resource.LastIndexOf('/') + 1)..]);

    /// <summary><c>group/sub/name</c>, or the address of a repository.</summary>
    public static RepositoryId Path(string path)
    {
        var trimmed = path.TrimEnd('/');
        trimmed = trimmed.EndsWith(".git", StringComparison.Ordinal) ? trimmed[..^4] : trimmed;
        var name = trimmed.LastIndexOfAny(['/', ':']);
        var owner = name > 0 ? trimmed.LastIndexOfAny(['/', ':'], name - 1) : -1;
        return name < 0 ? new RepositoryId("", trimmed) : new RepositoryId(trimmed[(owner + 1)..name], trimmed[(name + 1)..]);
    }
}
