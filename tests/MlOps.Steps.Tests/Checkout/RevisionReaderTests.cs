using System.Diagnostics;
using MlOps.Core.Problems;
using MlOps.Steps.Checkout;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Checkout;

public sealed class RevisionReaderTests
{
    private const string OtherCommit = "0123456789abcdef0123456789abcdef01234567";

    [Fact]
    public void The_commit_the_branch_and_the_author_are_found()
    {
        using var repo = GitFolder.Started();
        var commit = repo.Write("a.txt", "1").Commit();
        var revision = Read(repo.Path);
        Assert.Equal((commit, "main", (string?)null, false), (revision.Commit, revision.Branch, revision.Tag, revision.Dirty));
        Assert.Equal((commit, "Ann <ann@example.com>", "from-file"), (revision.ImageTag, revision.Author, revision.Repo));
        Assert.Equal(new DateTimeOffset(2024, 2, 3, 3, 5, 6, TimeSpan.Zero), revision.CommitTime);
        Assert.Equal(TimeSpan.Zero, revision.CommitTime.Offset);
    }

    [Fact]
    public void A_tag_stands_for_its_commit_and_nothing_else_does()
    {
        using var repo = GitFolder.Started();
        var commit = repo.Write("a.txt", "1").Commit();
        repo.Git("tag", "v1");
        repo.Git("tag", "-a", "v2", "-m", "annotated");
        repo.Git("branch", "feature");

        Assert.Equal([commit, commit, null, null, null], new[] { "v1", "v2", "feature", "v3", "no tag at all.." }.Select(name => RevisionReader.CommitOfTag(repo.Path, name)));
        Assert.Null(RevisionReader.CommitOfTag(Path.GetTempPath(), "v1"));
    }

    [Fact]
    public void A_first_commit_added_every_file()
    {
        using var repo = GitFolder.Started();
        repo.Write("b.txt", "1").Write("a/c.txt", "2").Commit();
        var revision = Read(repo.Path);
        Assert.Null(revision.Base);
        Assert.Equal("added a/c.txt, added b.txt", Changed(revision));
    }

    [Fact]
    public void On_the_main_branch_changes_count_from_the_commit_before()
    {
        using var repo = GitFolder.Started();
        var before = repo.Write("kept.txt", "1").Write("gone.txt", "1").Write("old/name.txt", "some lines\nthat stay\nthe same\n").Commit();
        File.Delete(Path.Combine(repo.Path, "gone.txt"));
        Directory.Move(Path.Combine(repo.Path, "old"), Path.Combine(repo.Path, "new"));
        repo.Write("kept.txt", "2").Write("fresh.txt", "3").Commit();
        var revision = Read(repo.Path);
        Assert.Equal(before, revision.Base);
        Assert.Equal("added fresh.txt, deleted gone.txt, modified kept.txt, renamed old/name.txt -> new/name.txt", Changed(revision));
    }

    [Fact]
    public void On_another_branch_changes_count_from_where_it_left_the_main_branch()
    {
        using var repo = GitFolder.Started();
        var fork = repo.Write("a.txt", "1").Commit();
        repo.Git("checkout", "-q", "-b", "feature");
        repo.Write("b.txt", "1").Commit();
        repo.Write("c.txt", "1").Commit();
        repo.Git("checkout", "-q", "main");
        repo.Write("d.txt", "1").Commit();
        repo.Git("checkout", "-q", "feature");
        var revision = Read(repo.Path);
        Assert.Equal((fork, "feature"), (revision.Base, revision.Branch));
        Assert.Equal("added b.txt, added c.txt", Changed(revision));
    }

    [Fact]
    public void A_base_can_be_given_as_any_revision()
    {
        using var repo = GitFolder.Started();
        var first = repo.Write("a.txt", "1").Commit();
        repo.Write("b.txt", "1").Commit();
        repo.Write("c.txt", "1").Commit();
        Assert.Equal("added b.txt, added c.txt", Changed(Read(repo.Path, since: first[..10])));
        Assert.Equal("added c.txt", Changed(Read(repo.Path, since: "HEAD~1")));
        Assert.Equal("", Changed(Read(repo.Path, since: "main")));
    }

    [Theory]
    [InlineData("mian")]
    [InlineData("not a revision^{")]
    [InlineData("HEAD~7")]
    public void An_unknown_base_is_told(string revision)
    {
        using var repo = GitFolder.Started();
        repo.Commit();
        var problem = Problem(() => Read(repo.Path, since: revision));
        Assert.Equal("unknown-revision", problem.Code);
        Assert.Contains("main", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shallow_clone_does_not_know_its_base()
    {
        using var repo = GitFolder.Started();
        repo.Write("a.txt", "1").Commit();
        var commit = repo.Write("b.txt", "1").Commit();
        var clone = repo.Beside("my clone");
        GitCommand.Run(repo.Path, "clone", "-q", "--depth", "1", "file://" + repo.Path, clone);
        var revision = Read(clone);
        Assert.Equal((commit, null, "repo"), (revision.Commit, revision.Base, revision.Repo));
        Assert.Null(revision.ChangedFiles);
        Assert.Contains("--unshallow", Problem(() => Read(clone, since: "HEAD~1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deeper_shallow_clone_knows_the_commit_before()
    {
        using var repo = GitFolder.Started();
        repo.Write("a.txt", "1").Commit();
        var before = repo.Write("b.txt", "1").Commit();
        repo.Write("c.txt", "1").Commit();
        var clone = repo.Beside("clone");
        GitCommand.Run(repo.Path, "clone", "-q", "--depth", "2", "file://" + repo.Path, clone);
        Assert.Equal((before, "added c.txt"), (Read(clone).Base, Changed(Read(clone))));
    }

    [Fact]
    public void A_shallow_branch_whose_fork_is_out_of_reach_does_not_know_its_base()
    {
        using var repo = GitFolder.Started();
        repo.Write("a.txt", "1").Commit();
        repo.Git("checkout", "-q", "-b", "feature");
        repo.Write("b.txt", "1").Commit();
        repo.Write("c.txt", "1").Commit();
        repo.Git("checkout", "-q", "main");
        repo.Write("d.txt", "1").Commit();
        var clone = repo.Beside("clone");
        GitCommand.Run(repo.Path, "clone", "-q", "--depth", "2", "--no-single-branch", "-b", "feature", "file://" + repo.Path, clone);
        GitCommand.Run(clone, "remote", "set-head", "origin", "main");
        Assert.Null(Read(clone).ChangedFiles);
    }

    [Fact]
    public void A_detached_head_has_no_branch_and_the_highest_of_its_tags()
    {
        using var repo = GitFolder.Started();
        repo.Commit();
        repo.Git("tag", "v1.9.0");
        repo.Git("tag", "-m", "annotated", "v1.10.0");
        repo.Git("tag", "other", "HEAD");
        repo.Git("tag", "-d", "other");
        repo.Git("checkout", "-q", "--detach");
        var revision = Read(repo.Path);
        Assert.Equal((null, "v1.10.0"), (revision.Branch, revision.Tag));
    }

    [Fact]
    public void What_is_not_committed_makes_a_tag_of_its_own()
    {
        using var repo = GitFolder.Started();
        var commit = repo.Write("a.txt", "1").Write(".gitignore", "ignored\n").Commit();
        repo.Write("ignored", "1").Write(".mlops/source.json", "{}");
        Assert.False(Read(repo.Path).Dirty);

        var first = Read(repo.Write("a.txt", "22").Path);
        var second = Read(repo.Write("a.txt", "33").Path);
        var withNew = Read(repo.Write("new/b.txt", "1").Path);
        Assert.Matches($"^{commit}-dirty-[0-9a-f]{{12}}$", first.ImageTag);
        Assert.Equal(3, new[] { first, second, withNew }.Select(revision => revision.ImageTag).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal("added .gitignore, modified a.txt, added new/b.txt", Changed(withNew));
        Assert.Equal(first.ImageTag, Read(Remove(repo.Write("a.txt", "22"), "new/b.txt").Path).ImageTag);
        Assert.Equal("added .gitignore, deleted a.txt", Changed(Read(Remove(repo, "a.txt").Path)));
    }

    [Fact]
    public void A_large_file_as_its_pointer_says_is_not_a_change()
    {
        using var repo = GitFolder.Started();
        const string Content = "a model of many bytes";
        repo.Write("model.bin", $"version https://git-lfs.github.com/spec/v1\noid {Core.Images.Digest.Of(Content)}\nsize {Content.Length}\n").Commit();
        Assert.False(Read(repo.Write("model.bin", Content).Path).Dirty);
        Assert.True(Read(repo.Write("model.bin", Content + "!").Path).Dirty);
    }

    [Fact]
    public void The_build_services_values_win_over_git()
    {
        using var repo = GitFolder.Started();
        var first = repo.Write("a.txt", "1").Commit();
        repo.Write("b.txt", "1").Commit();
        var revision = Read(repo.Path, given: new BuildValues(first, null, "v1", "other"));
        Assert.Equal((first, null, "v1", "other"), (revision.Commit, revision.Branch, revision.Tag, revision.Repo));
    }

    [Fact]
    public void In_a_build_files_that_earlier_steps_left_do_not_count_and_changed_ones_do()
    {
        using var repo = GitFolder.Started();
        var commit = repo.Write("a.txt", "1").Commit();
        var given = BuildValues.None with { Commit = commit };
        Assert.Equal(commit, Read(repo.Write("left.txt", "1").Path, given: given).ImageTag);
        Assert.True(Read(repo.Write("a.txt", "22").Path, given: given).Dirty);
    }

    [Fact]
    public void Without_git_the_build_services_commit_is_enough()
    {
        using var folder = new TemporaryFolder();
        var revision = Read(folder.Path, given: new BuildValues(OtherCommit, "main", null, null));
        Assert.Equal((OtherCommit, "main", OtherCommit, "from-file"), (revision.Commit, revision.Branch, revision.ImageTag, revision.Repo));
        Assert.Null(revision.ChangedFiles);
    }

    [Fact]
    public void Without_git_and_without_a_commit_it_says_what_to_do()
    {
        using var folder = new TemporaryFolder();
        var problem = Problem(() => Read(folder.Path));
        Assert.Equal("no-git", problem.Code);
        Assert.Contains("git init", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repository_without_a_commit_is_told()
    {
        using var repo = GitFolder.Started();
        Assert.Equal("no-commit", Problem(() => Read(repo.Path)).Code);
    }

    [Fact]
    public void A_bare_repository_is_told()
    {
        using var repo = new GitFolder();
        repo.Git("init", "-q", "--bare");
        Assert.Equal("no-working-tree", Problem(() => Read(repo.Path)).Code);
    }

    [Fact]
    public void A_broken_repository_is_told()
    {
        using var repo = GitFolder.Started();
        repo.Commit();
        File.WriteAllText(Path.Combine(repo.Path, ".git/config"), "[core\n");
        Assert.Equal("unreadable-repository", Problem(() => Read(repo.Path)).Code);
    }

    [Theory]
    [InlineData("https://github.com/acme/wildlife.git", "wildlife")]
    [InlineData("git@github.com:wildlife.git", "wildlife")]
    [InlineData("https://source.developers.google.com/p/acme/r/wildlife/", "wildlife")]
    public void The_repo_is_named_as_its_origin_is(string url, string name)
    {
        using var repo = GitFolder.Started();
        repo.Commit();
        repo.Git("remote", "add", "origin", url);
        Assert.Equal(name, Read(repo.Path).Repo);
    }

    [Fact]
    public void Paths_are_relative_to_the_project_where_the_repository_is_above_it()
    {
        using var repo = GitFolder.Started("répo with späces");
        repo.Commit();
        repo.Write("ml/components/tränen/a b.py", "1").Write("docs/x.md", "1").Commit();
        Assert.Equal("added ../docs/x.md, added components/tränen/a b.py", Changed(Read(Path.Combine(repo.Path, "ml"))));
        repo.Write("ml/.mlops/x", "1");
        Assert.False(Read(Path.Combine(repo.Path, "ml")).Dirty);
    }

    [Fact]
    public void A_path_through_a_link_is_the_same_repository()
    {
        using var repo = GitFolder.Started();
        repo.Write("a.txt", "1").Commit();
        Directory.CreateSymbolicLink(repo.Beside("link"), repo.Path);
        Assert.Equal("added a.txt", Changed(Read(repo.Beside("link"))));
    }

    [Fact]
    public void A_repository_of_another_user_is_read_as_in_a_container_that_mounts_it()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can give files to another user.");
        using var repo = GitFolder.Started();
        var commit = repo.Commit();
        using (var chown = Process.Start("chown", ["-R", "12345", repo.Path]))
        {
            chown.WaitForExit();
        }

        Assert.Equal(commit, Read(repo.Path).Commit);
    }

    /// <summary>A second on an idle machine; on a busy one git itself is the measure.</summary>
    [Fact]
    [Trait("speed", "slow")]
    public void Ten_thousand_files_take_less_than_a_second_or_five_times_git_itself()
    {
        using var repo = GitFolder.Started();
        for (var index = 0; index < 10_000; index++)
        {
            repo.Write($"components/c{index % 500}/f{index / 500}.py", $"print({index})\n");
        }

        repo.Commit();
        repo.Write("components/c7/f3.py", "print()\n").Commit();
        Read(repo.Path);
        var git = Clocked(() => repo.Git("status", "--porcelain"));
        var ours = Clocked(() => Assert.Equal("modified components/c7/f3.py", Changed(Read(repo.Path))));
        Assert.True(ours < TimeSpan.FromSeconds(1) || ours < git * 5, $"{ours}, git status {git}");
    }

    private static TimeSpan Clocked(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed;
    }

    private static GitFolder Remove(GitFolder repo, string path)
    {
        File.Delete(Path.Combine(repo.Path, path));
        return repo;
    }

    private static SourceRevision Read(string folder, string? since = null, BuildValues? given = null) => RevisionReader.Read(folder, "from-file", since, given ?? BuildValues.None);

    private static string Changed(SourceRevision revision) =>
        string.Join(", ", revision.ChangedFiles!.Value.Select(file => $"{file.Kind} {(file.OldPath is null ? "" : file.OldPath + " -> ")}{file.Path}"));

    private static Problem Problem(Action read) => Assert.Single(Assert.Throws<InvalidInputException>(read).Problems);
}
