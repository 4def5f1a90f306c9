using Google.Cloud.CloudBuild.V1;
using static MlOps.LocalCloud.Tests.CloudBuild.Triggers.TriggerLab;
using Status = Google.Cloud.CloudBuild.V1.Build.Types.Status;

namespace MlOps.LocalCloud.Tests.CloudBuild.Triggers;

/// <summary>Real pushes of a real git, and the builds that come of them.</summary>
public sealed class PushTests(TriggerLab lab) : IClassFixture<TriggerLab>
{
    [Fact]
    public async Task A_push_to_a_branch_makes_a_build_of_its_commit_with_all_that_is_known_of_it()
    {
        var repo = lab.Repo("branches");
        var trigger = OnBranch("branches", "^main$");
        trigger.Substitutions["_WHAT"] = "$(push.head_commit.message)";
        trigger = await lab.CreateAsync("projects/branches/locations/global", trigger);
        var commit = repo.Commit("first", ("cloudbuild.yaml", "steps: [{name: busybox, args: [echo, $_WHAT, $_NONE]}]\n"));

        var said = await repo.PushAsync("main");

        var build = Assert.Single(await lab.BuildsAsync("projects/branches/locations/global"));
        Assert.Equal((Status.Pending, trigger.Id), (build.Status, build.BuildTriggerId));
        Assert.Equal([$"trigger-{trigger.Id}"], build.Tags);
        Assert.Equal(("https://github.com/acme/branches.git", commit), (build.Source.GitSource.Url, build.Source.GitSource.Revision));
        // A trigger's builds may name substitutions that are not there.
        Assert.Equal(("first", ""), (build.Steps[0].Args[1].Trim(), build.Steps[0].Args[2]));
        Assert.Equal(
            (commit, commit[..7], "main", "main", "branches", "acme/branches", "branches-branch", "cloudbuild.yaml"),
            (build.Substitutions["COMMIT_SHA"], build.Substitutions["SHORT_SHA"], build.Substitutions["BRANCH_NAME"], build.Substitutions["REF_NAME"],
                build.Substitutions["REPO_NAME"], build.Substitutions["REPO_FULL_NAME"], build.Substitutions["TRIGGER_NAME"], build.Substitutions["TRIGGER_BUILD_CONFIG_PATH"]));
        Assert.Contains($"Push to branch 'main' of branches at {commit[..7]}, a new branch, so every file counts as changed (1):", said);
        Assert.Contains($"it waits for an approval: mlops builds approve {build.Id} --project branches", said);
    }

    [Fact]
    public async Task Files_that_are_ignored_start_nothing_and_those_since_the_last_push_count()
    {
        var repo = lab.Repo("files");
        var trigger = OnBranch("files", "^main$");
        trigger.IgnoredFiles.Add("**/*.md");
        await lab.CreateAsync("projects/files/locations/global", trigger);
        repo.Commit("first", ("cloudbuild.yaml", TriggerRepo.Config), ("README.md", "1"));
        await repo.PushAsync("main");
        repo.Commit("docs", ("docs/a.md", "2"));

        var docs = await repo.PushAsync("main");
        repo.Commit("code", ("a.py", "3"));
        repo.Commit("docs again", ("docs/a.md", "4"));
        var both = await repo.PushAsync("main");

        Assert.Contains("every changed file is ignored: docs/a.md matches ignoredFiles '**/*.md'", docs);
        Assert.Contains("2 changed files", both);
        Assert.Contains("fires  files-branch", both);
        Assert.Equal(2, (await lab.BuildsAsync("projects/files/locations/global")).Count);
    }

    [Fact]
    public async Task A_tag_fires_triggers_of_tags_only_whatever_the_files()
    {
        var repo = lab.Repo("tags");
        await lab.CreateAsync("projects/tags/locations/global", OnBranch("tags", ".*"));
        var tags = OnBranch("tags", "");
        (tags.Name, tags.Github.Push) = ("tags-tag", new PushFilter { Tag = @"^v\d+$" });
        tags.IncludedFiles.Add("never/**");
        await lab.CreateAsync("projects/tags/locations/global", tags);
        var commit = repo.Commit("first", ("cloudbuild.yaml", TriggerRepo.Config));
        repo.Tag("v1");
        repo.Tag("nightly");

        var said = await repo.PushAsync("v1", "nightly");

        var build = Assert.Single(await lab.BuildsAsync("projects/tags/locations/global"));
        Assert.Equal((commit, "v1", "v1", false), (build.Substitutions["COMMIT_SHA"], build.Substitutions["TAG_NAME"], build.Substitutions["REF_NAME"], build.Substitutions.ContainsKey("BRANCH_NAME")));
        Assert.Contains(@"tag 'nightly' does not match '^v\d+$'", said);
        Assert.Contains("the trigger is for pushes to branches, and this is a push to tag 'v1'", said);
    }

    [Fact]
    public async Task What_is_deleted_and_what_asks_to_be_skipped_starts_nothing()
    {
        var repo = lab.Repo("gone");
        await lab.CreateAsync("projects/gone/locations/global", OnBranch("gone", ".*"));
        repo.Commit("first [skip ci]", ("cloudbuild.yaml", TriggerRepo.Config));

        Assert.Contains("the commit message says [skip ci]", await repo.PushAsync("main:dev"));
        Assert.Equal("Branch 'dev' is gone: nothing is built.\n", await repo.PushAsync(":dev"));
        Assert.Empty(await lab.BuildsAsync("projects/gone/locations/global"));
    }

    [Fact]
    public async Task A_broken_build_config_is_a_failed_build_that_says_where()
    {
        var repo = lab.Repo("broken");
        await lab.CreateAsync("projects/broken/locations/global", OnBranch("broken", ".*"));
        repo.Commit("first", ("cloudbuild.yaml", "steps:\n- nam: busybox\n"));

        var said = await repo.PushAsync("main");
        repo.Commit("second", ("cloudbuild.yaml", "steps: [{name: busybox, waitFor: [nobody]}]\n"));
        await repo.PushAsync("main");
        repo.Commit("third", ("other.yaml", ""));
        File.Delete(repo.FileOf("cloudbuild.yaml"));
        repo.Commit("fourth");
        await repo.PushAsync("main");

        var builds = await lab.BuildsAsync("projects/broken/locations/global");
        Assert.All(builds, build => Assert.Equal(Status.Failure, build.Status));
        Assert.Contains("cloudbuild.yaml is not in broken at", builds[0].StatusDetail);
        Assert.Matches(@"^Your build failed to run: invalid build:\ncloudbuild\.yaml:1:35: error: .*'nobody'.* \[wait-for-undefined\]\n", builds[1].StatusDetail);
        Assert.Matches(@"^Your build failed to run: cloudbuild\.yaml in broken at [0-9a-f]{7}:\n", builds[2].StatusDetail);
        Assert.Matches(@"\ncloudbuild\.yaml:2:3: error: 'nam' .*Did you mean 'name'\? \[unknown-key\]\n", builds[2].StatusDetail);
        Assert.EndsWith("\n'mlops config check cloudbuild.yaml' tells it before a commit.", builds[2].StatusDetail, StringComparison.Ordinal);
        Assert.Contains("           cloudbuild.yaml:2:3: error: 'nam'", said);
        Assert.Contains("mlops builds show " + builds[2].Id, said);
    }

    [Fact]
    public async Task A_push_that_no_trigger_listens_to_says_so_and_one_of_a_repository_that_is_not_known_too()
    {
        var repo = lab.Repo("silent");
        repo.Commit("first", ("a", ""));

        Assert.Contains("no trigger listens to silent. 'mlops triggers apply'", await repo.PushAsync("main"));
        var unknown = await lab.Cloud.SendAsync(HttpMethod.Post, "/mlops/git/nobody/push", new StringContent("0 1 refs/heads/main\n"));
        Assert.Contains("run 'mlops cloud watch' in it again", unknown.Text);
    }
}
