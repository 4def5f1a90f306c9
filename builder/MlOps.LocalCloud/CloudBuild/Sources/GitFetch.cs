using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;
using MlOps.Core.Patterns;

namespace MlOps.LocalCloud.CloudBuild.Sources;

/// <summary>Sources that are git repositories, taken from this machine where one is known for them.</summary>
internal sealed class GitFetch(LocalRepositories repositories)
{
    private const string Workspace = "/workspace";

    public async Task<SourceProvenance> GitAsync(GitSource source, string folder, Action<string> log, CancellationToken cancel)
    {
        var resolved = source.Clone();
        resolved.Revision = await CheckOutAsync(source.Url, repositories.PathOfUrl(source.Url) ?? Remote(source.Url), source.Revision, folder, log, cancel);
        return new SourceProvenance { ResolvedGitSource = resolved };
    }

    public async Task<SourceProvenance> ConnectedAsync(ConnectedRepository source, string folder, Action<string> log, CancellationToken cancel)
    {
        var known = Known(source.Repository);
        var resolved = source.Clone();
        resolved.Revision = await CheckOutAsync(UrlOf(known), known.Path, source.Revision, folder, log, cancel);
        return new SourceProvenance { ResolvedConnectedRepository = resolved };
    }

    public async Task<SourceProvenance> RepoAsync(RepoSource source, string project, string folder, Action<string> log, CancellationToken cancel)
    {
        var owner = source.ProjectId.Length > 0 ? source.ProjectId : project;
        var path = repositories.PathOfName(source.RepoName)
            ?? throw FetchFault.Of($"failed to fetch source: no local repository stands for the Cloud Source repository '{source.RepoName}'.{Names()} 'mlops cloud watch REPO' makes one.");
        var revision = source.RevisionCase switch
        {
            RepoSource.RevisionOneofCase.BranchName => await MatchAsync(path, "heads", source.BranchName, source.InvertRegex, cancel),
            RepoSource.RevisionOneofCase.TagName => await MatchAsync(path, "tags", source.TagName, source.InvertRegex, cancel),
            RepoSource.RevisionOneofCase.CommitSha => source.CommitSha,
            _ => throw FetchFault.Of($"failed to fetch source: the source of '{source.RepoName}' names no revision; expected one of branchName, tagName, commitSha."),
        };
        var resolved = source.Clone();
        (resolved.ProjectId, resolved.CommitSha) = (owner, await CheckOutAsync($"https://source.developers.google.com/p/{owner}/r/{source.RepoName}", path, revision, folder, log, cancel));
        return new SourceProvenance { ResolvedRepoSource = resolved };
    }

    /// <summary>A further repository, placed in the workspace.</summary>
    public async Task DependencyAsync(Dependency.Types.GitSourceDependency dependency, string folder, Action<string> log, CancellationToken cancel)
    {
        var (url, path) = dependency.Repository?.RepotypeCase switch
        {
            Dependency.Types.GitSourceRepository.RepotypeOneofCase.Url => (dependency.Repository.Url, repositories.PathOfUrl(dependency.Repository.Url) ?? Remote(dependency.Repository.Url)),
            Dependency.Types.GitSourceRepository.RepotypeOneofCase.DeveloperConnect when Known(dependency.Repository.DeveloperConnect) is var known => (UrlOf(known), known.Path),
            _ => throw FetchFault.Of("failed to fetch a dependency: its gitSource.repository has neither url nor developerConnect."),
        };
        var inside = Inside(dependency.DestPath);
        var checkout = new GitCheckout(url, path, dependency.Revision, Path.Combine(folder, inside), inside.Length == 0 ? Workspace : $"{Workspace}/{inside}")
        {
            Depth = dependency.Depth == 0 ? 1 : dependency.Depth,
            Submodules = dependency.RecurseSubmodules,
            Known = repositories.All(),
        };
        await ToldAsync(checkout, log, cancel);
    }

    private static Task<string> CheckOutAsync(string url, string from, string revision, string folder, Action<string> log, CancellationToken cancel) =>
        ToldAsync(new GitCheckout(url, from, revision, folder, Workspace), log, cancel);

    private static async Task<string> ToldAsync(GitCheckout checkout, Action<string> log, CancellationToken cancel)
    {
        var commit = await checkout.RunAsync(log, cancel);
        log("GitCommit:");
        log(commit);
        return commit;
    }

    private static string Remote(string url) => url.Length > 0
        ? url.StartsWith("file://", StringComparison.Ordinal) ? url["file://".Length..] : url
        : throw FetchFault.Of("failed to fetch source: its url is empty; expected a git repository's address or folder.");

    private LocalRepository Known(string resource) => repositories.PathOfResource(resource) is { } path
        ? repositories.All().First(one => one.Path == path)
        : throw FetchFault.Of($"failed to fetch source: no local repository stands for {resource}.{Names()} 'mlops cloud watch REPO' makes one.");

    /// <summary>The first of its remote addresses, which <c>git remote -v</c> in a step then shows.</summary>
    private static string UrlOf(LocalRepository repository) =>
        repository.Urls.FirstOrDefault(url => url.Contains("://", StringComparison.Ordinal) || url.Contains('@', StringComparison.Ordinal)) ?? repository.Path;

    private string Names() => repositories.All() is { IsEmpty: false } all ? $" Known: {string.Join(", ", all.Select(one => one.Name))}." : "";

    /// <summary>The branch or tag that a regular expression (RE2) is about: the one of exactly that name, else the only one that it matches.</summary>
    private static async Task<string> MatchAsync(string repository, string kind, string pattern, bool inverted, CancellationToken cancel)
    {
        var lines = await new GitProgram(repository).RunAsync("failed to fetch source", ["for-each-ref", "--format=%(refname)", $"refs/{kind}"], _ => { }, cancel);
        var names = lines.Select(line => line[$"refs/{kind}/".Length..]).ToImmutableArray();
        if (!inverted && names.Contains(pattern))
        {
            return $"refs/{kind}/{pattern}";
        }

        var wanted = Parse(pattern);
        var found = names.Where(name => wanted.IsMatch(name) != inverted).ToArray();
        return found switch
        {
            [var one] => $"refs/{kind}/{one}",
            [] => throw FetchFault.Of($"failed to fetch source: no {Noun(kind)} matches '{pattern}'{(names.IsEmpty ? "; the repository has none" : $". There are: {string.Join(", ", names.Take(12))}")}."),
            _ => throw FetchFault.Of($"failed to fetch source: '{pattern}' matches {found.Length} {(kind == "heads" ? "branches" : "tags")} ({string.Join(", ", found.Take(5))}); a build has one revision. Anchor it: '^{pattern}$'."),
        };
    }

    private static string Noun(string kind) => kind == "heads" ? "branch" : "tag";

    private static Re2Pattern Parse(string pattern)
    {
        try
        {
            return Re2Pattern.Parse(pattern);
        }
        catch (Re2SyntaxException error)
        {
            throw FetchFault.Of($"failed to fetch source: '{pattern}' is no regular expression of RE2: {error.Message}", error);
        }
    }

    /// <summary><c>destPath</c>, relative to the workspace; as a path in containers it begins with it.</summary>
    private static string Inside(string path)
    {
        var relative = path == Workspace ? "" : path.StartsWith(Workspace + "/", StringComparison.Ordinal) ? path[(Workspace.Length + 1)..] : path;
        var parts = relative.Split('/').Where(part => part is not ("" or ".")).ToArray();
        return relative.StartsWith('/') || parts.Contains("..")
            ? throw FetchFault.Of($"failed to fetch a dependency: its destPath '{path}' lies outside of {Workspace}.")
            : string.Join('/', parts);
    }
}
