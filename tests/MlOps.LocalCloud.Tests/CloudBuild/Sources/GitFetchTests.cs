using Google.Cloud.CloudBuild.V1;
using MlOps.Testing;
using GitDependency = Google.Cloud.CloudBuild.V1.Dependency.Types.GitSourceDependency;
using GitRepository = Google.Cloud.CloudBuild.V1.Dependency.Types.GitSourceRepository;

namespace MlOps.LocalCloud.Tests.CloudBuild.Sources;

public sealed class GitFetchTests : IDisposable
{
    private const string Url = "https://github.com/acme/birds.git";
    private readonly SourceLab _lab = new();
    private readonly string _repo;
    private readonly string _first;
    private readonly string _second;

    public GitFetchTests()
    {
        _repo = _lab.Folder("birds");
        GitCommand.Run(_repo, "init", "-b", "main");
        _first = Commit("readme", "one");
        GitCommand.Run(_repo, "tag", "-a", "v1", "-m", "first");
        _second = Commit("readme", "two");
        GitCommand.Run(_repo, "branch", "release/1.0", _first);
    }

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData("main", "two")]
    [InlineData("refs/heads/main", "two")]
    [InlineData("release/1.0", "one")]
    [InlineData("v1", "one")]
    [InlineData("refs/tags/v1", "one")]
    [InlineData("", "two")]
    public async Task A_repository_in_a_folder_is_checked_out_at_a_revision(string revision, string text)
    {
        var provenance = await _lab.FetchAsync(Git(_repo, revision));
        Assert.Equal(text, _lab.Read("readme"));
        Assert.Equal(text == "one" ? _first : _second, provenance!.ResolvedGitSource.Revision);
    }

    [Fact]
    public async Task A_commit_is_checked_out_by_its_sha_also_where_no_branch_ends_there()
    {
        _ = Commit("readme", "three");
        await _lab.FetchAsync(Git($"file://{_repo}", _second));
        Assert.Equal("two", _lab.Read("readme"));
    }

    [Fact]
    public async Task The_checkout_is_shallow_keeps_git_and_knows_where_it_came_from()
    {
        _lab.Repositories.Register("birds", [Url], _repo);
        await _lab.FetchAsync(Git("git@github.com:acme/birds", "main"));
        Assert.Equal("1", GitCommand.Run(_lab.Workspace, "rev-list", "--count", "HEAD"));
        Assert.Equal("true", GitCommand.Run(_lab.Workspace, "rev-parse", "--is-shallow-repository"));
        Assert.Equal("git@github.com:acme/birds", GitCommand.Run(_lab.Workspace, "remote", "get-url", "origin"));
        Assert.Equal("", GitCommand.Run(_lab.Workspace, "status", "--porcelain"));
    }

    [Fact]
    public async Task The_log_is_git_s_own_with_the_names_that_the_build_knows()
    {
        _lab.Repositories.Register("birds", [Url], _repo);
        await _lab.FetchAsync(Git("https://github.com/acme/birds", _second));
        Assert.Equal(
            ["Initialized empty Git repository in /workspace/.git/", "From https://github.com/acme/birds", $" * branch            {_second} -> FETCH_HEAD", $"HEAD is now at {_second[..7]} readme", "GitCommit:", _second],
            _lab.Log);
    }

    [Theory]
    [InlineData("nope", "nope of ", "The repository has no such branch, tag or commit")]
    [InlineData("abc1234", "abc1234 of ", "A commit needs its whole sha of 40 digits.")]
    [InlineData("--upload-pack=touch /tmp/x", "--upload-pack=touch /tmp/x of ", "")]
    public async Task A_revision_that_is_not_there_says_so(string revision, string message, string hint)
    {
        var failure = await _lab.FailureAsync(Git(_repo, revision));
        Assert.StartsWith("failed to fetch source: " + message, failure, StringComparison.Ordinal);
        Assert.Contains(hint, failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_not_reached_says_how_a_local_repository_takes_its_place()
    {
        var failure = await _lab.FailureAsync(Git("https://user:s3cret@nowhere.invalid/acme/birds", "main"));
        Assert.Contains("'mlops cloud watch REPO' makes a local repository stand for this address", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failure + string.Join('\n', _lab.Log), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("main", "two")]
    [InlineData("^mai.$", "two")]
    [InlineData("release/.*", "one")]
    public async Task A_cloud_source_repository_is_found_by_name_and_its_branch_by_a_pattern(string branch, string text)
    {
        _lab.Repositories.Register("birds", [], _repo);
        var provenance = await _lab.FetchAsync(new Source { RepoSource = new RepoSource { RepoName = "birds", BranchName = branch } });
        Assert.Equal(text, _lab.Read("readme"));
        Assert.Equal(("local", text == "one" ? _first : _second), (provenance!.ResolvedRepoSource.ProjectId, provenance.ResolvedRepoSource.CommitSha));
        Assert.Equal("https://source.developers.google.com/p/local/r/birds", GitCommand.Run(_lab.Workspace, "remote", "get-url", "origin"));
    }

    [Fact]
    public async Task A_pattern_must_leave_one_revision()
    {
        _lab.Repositories.Register("birds", [], _repo);
        Assert.Contains("'.*' matches 2 branches (main, release/1.0); a build has one revision", await RepoFailureAsync(new RepoSource { BranchName = ".*" }), StringComparison.Ordinal);
        Assert.Contains("no branch matches 'dev'. There are: main, release/1.0", await RepoFailureAsync(new RepoSource { BranchName = "dev" }), StringComparison.Ordinal);
        Assert.Contains("no tag matches 'v2'", await RepoFailureAsync(new RepoSource { TagName = "v2" }), StringComparison.Ordinal);
        Assert.Contains("'(?=x)' is no regular expression of RE2", await RepoFailureAsync(new RepoSource { TagName = "(?=x)" }), StringComparison.Ordinal);
        Assert.Contains("names no revision", await RepoFailureAsync(new RepoSource()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connected_repository_is_found_by_its_resource_name_or_the_last_part_of_it()
    {
        const string Resource = "projects/p/locations/us-west1/connections/c/repositories/birds";
        _lab.Repositories.Register("birds", [Url], _repo);
        var source = new Source { ConnectedRepository = new ConnectedRepository { Repository = Resource, Revision = "v1" } };
        Assert.Equal(_first, (await _lab.FetchAsync(source))!.ResolvedConnectedRepository.Revision);
        _lab.Repositories.Register("other", [Resource], _lab.Folder("nothing"));
        Assert.Contains("does not appear to be a git repository", await _lab.FailureAsync(new Build { Source = source, Dependencies = { } }), StringComparison.Ordinal);
        source.ConnectedRepository.Repository = "projects/p/locations/us-west1/connections/c/repositories/cats";
        Assert.Contains("no local repository stands for projects/p/locations/us-west1/connections/c/repositories/cats. Known: birds, other.", await _lab.FailureAsync(source), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dependencies_are_placed_where_they_say_with_their_history_and_submodules()
    {
        var inner = _lab.Folder("inner");
        GitCommand.Run(inner, "init", "-b", "main");
        File.WriteAllText(Path.Combine(inner, "deep"), "deep");
        GitCommand.Run(inner, "add", "-A");
        GitCommand.Run(inner, "commit", "-m", "deep");
        GitCommand.Run(_repo, "-c", "protocol.file.allow=always", "submodule", "add", inner, "lib");
        GitCommand.Run(_repo, "config", "-f", ".gitmodules", "submodule.lib.url", "https://github.com/acme/inner.git");
        GitCommand.Run(_repo, "commit", "-am", "submodule");
        _lab.Repositories.Register("birds", [Url], _repo);
        _lab.Repositories.Register("inner", ["https://github.com/acme/inner.git"], inner);
        var build = new Build
        {
            Dependencies =
            {
                Dependency("deps/all", depth: -1, submodules: true),
                Dependency("/workspace/deps/one", depth: 0, submodules: false),
            },
        };
        Assert.Null(await _lab.FetchAsync(build));
        Assert.Equal("deep", _lab.Read("deps/all/lib/deep"));
        Assert.Equal("3", GitCommand.Run(Path.Combine(_lab.Workspace, "deps/all"), "rev-list", "--count", "HEAD"));
        Assert.Equal("1", GitCommand.Run(Path.Combine(_lab.Workspace, "deps/one"), "rev-list", "--count", "HEAD"));
        Assert.False(File.Exists(Path.Combine(_lab.Workspace, "deps/one/lib/deep")));
        Assert.Contains("Initialized empty Git repository in /workspace/deps/all/.git/", _lab.Log);
    }

    [Fact]
    public async Task A_dependency_stays_in_the_workspace()
    {
        var failure = await _lab.FailureAsync(new Build { Dependencies = { Dependency("../outside", 1, submodules: false) } });
        Assert.Contains("its destPath '../outside' lies outside of /workspace", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hook_that_runs_us_does_not_turn_git_to_its_own_repository()
    {
        Environment.SetEnvironmentVariable("GIT_DIR", "/nonexistent");
        try
        {
            await _lab.FetchAsync(Git(_repo, "main"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("GIT_DIR", null);
        }

        Assert.Equal("two", _lab.Read("readme"));
    }

    [Theory]
    [InlineData("https://github.com/acme/birds", true)]
    [InlineData("https://github.com/acme/birds.git/", true)]
    [InlineData("https://token@GitHub.com/acme/birds.git", true)]
    [InlineData("ssh://git@github.com/acme/birds.git", true)]
    [InlineData("git@github.com:acme/birds.git", true)]
    [InlineData("https://github.com/acme/Birds", false)]
    [InlineData("https://gitlab.com/acme/birds", false)]
    [InlineData("https://github.com/acme/birdsong", false)]
    public void Addresses_of_one_repository_are_the_same(string url, bool same)
    {
        _lab.Repositories.Register("birds", [Url], _repo);
        Assert.Equal(same ? _repo : null, _lab.Repositories.PathOfUrl(url));
    }

    private static Source Git(string url, string revision) => new() { GitSource = new GitSource { Url = url, Revision = revision } };

    private Dependency Dependency(string place, long depth, bool submodules) => new()
    {
        GitSource = new GitDependency { Repository = new GitRepository { Url = Url }, Revision = "main", DestPath = place, Depth = depth, RecurseSubmodules = submodules },
    };

    private Task<string> RepoFailureAsync(RepoSource source)
    {
        source.RepoName = "birds";
        return _lab.FailureAsync(new Source { RepoSource = source });
    }

    private string Commit(string file, string text)
    {
        File.WriteAllText(Path.Combine(_repo, file), text);
        GitCommand.Run(_repo, "add", "-A");
        GitCommand.Run(_repo, "commit", "-m", file);
        return GitCommand.Run(_repo, "rev-parse", "HEAD");
    }
}
