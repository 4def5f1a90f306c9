using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Triggers;
using MlOps.LocalCloud.CloudBuild.Sources;

namespace MlOps.LocalCloud.CloudBuild.Triggers;

/// <summary>Which repository on this machine stands for the one that a trigger names.</summary>
internal static class TriggerRepositories
{
    private const string GitHub = "https://github.com/";

    public static LocalRepository? Of(BuildTrigger trigger, LocalRepositories repositories) =>
        repositories.All().FirstOrDefault(repository => Listens(trigger, repository)) ?? ToBuild(trigger.SourceToBuild, repositories);

    /// <summary>Whether a push to the repository is an event for the trigger.</summary>
    public static bool Listens(BuildTrigger trigger, LocalRepository repository) => trigger switch
    {
        { Github: { } github } => IsGitHub(repository, github.Owner, github.Name),
        { RepositoryEventConfig: { } config } => IsConnected(repository, config.Repository),
        { DeveloperConnectEventConfig: { } config } => IsConnected(repository, config.GitRepositoryLink),
        { BitbucketServerTriggerConfig: { } config } => repository.Name == config.RepoSlug,
        { GitlabEnterpriseEventsConfig: { } config } => repository.Name == RepositoryId.Path(config.ProjectNamespace).Name,
        { TriggerTemplate: { } template } => repository.Name == template.RepoName,
        _ => false,
    };

    /// <summary>What a build of the trigger is fetched from: as the trigger's kind names it, where that leads to this repository.</summary>
    public static Source Source(BuildTrigger trigger, LocalRepository repository, LocalRepositories repositories, string project, string commit)
    {
        var named = trigger switch
        {
            { Github: { } github } => new Source { GitSource = new GitSource { Url = $"{GitHub}{github.Owner}/{github.Name}.git", Revision = commit } },
            { RepositoryEventConfig: { } config } => new Source { ConnectedRepository = new ConnectedRepository { Repository = config.Repository, Revision = commit } },
            { SourceToBuild: { Uri.Length: > 0 } source } => new Source { GitSource = new GitSource { Url = source.Uri, Revision = commit } },
            { SourceToBuild: { Repository.Length: > 0 } source } => new Source { ConnectedRepository = new ConnectedRepository { Repository = source.Repository, Revision = commit } },
            _ => null,
        };
        return named is not null && repositories.PathOf(named) == repository.Path
            ? named
            : new Source { RepoSource = new RepoSource { ProjectId = project, RepoName = repository.Name, CommitSha = commit } };
    }

    public static LocalRepository? At(string uri, string resource, LocalRepositories repositories)
    {
        var path = uri.Length > 0 ? repositories.PathOfUrl(uri) ?? repositories.PathOfName(RepositoryId.Path(uri).Name) : resource.Length > 0 ? repositories.PathOfResource(resource) : null;
        return repositories.All().FirstOrDefault(repository => repository.Path == path);
    }

    private static LocalRepository? ToBuild(GitRepoSource? source, LocalRepositories repositories) => source is null ? null : At(source.Uri, source.Repository, repositories);

    /// <summary>By its address on GitHub; by its name alone where the repository is not known to be another one there.</summary>
    private static bool IsGitHub(LocalRepository repository, string owner, string name)
    {
        var addresses = repository.Urls.Where(url => url.Contains("github.com", StringComparison.OrdinalIgnoreCase)).ToArray();
        return addresses.Length > 0 ? addresses.Any(url => RepositoryAddress.Same(url, $"{GitHub}{owner}/{name}")) : repository.Name == name;
    }

    private static bool IsConnected(LocalRepository repository, string resource)
    {
        var last = resource[(resource.LastIndexOf('/') + 1)..];
        return repository.Urls.Contains(resource, StringComparer.Ordinal)
            || repository.Name == last
            || repository.Urls.Any(url => RepositoryId.Path(url) is { Owner.Length: > 0 } id && $"{id.Owner}-{id.Name}" == last);
    }
}
