using MlOps.Testing;

namespace MlOps.Cli.Tests.Triggers;

/// <summary>`mlops triggers` and `mlops cloud watch` as users run them, with the real git and a real local cloud.</summary>
public sealed class TriggersVerbTests
{
    private const string Review = """
        name: review
        github: {owner: acme, name: strikes, pullRequest: {branch: '^main$'}}
        filename: cloudbuild.yaml

        """;

    [Fact]
    public async Task Apply_makes_what_plan_shows_once_and_leaves_alone_what_is_not_the_repos()
    {
        await using var repo = new TriggerRepository();
        await repo.OkAsync("cloud", "up");
        repo.Write("other/mlops.yaml", TriggerRepository.Yaml.Replace("name: strikes", "name: others", StringComparison.Ordinal));
        repo.Write("other/cloudbuild.yaml", "steps: [{name: busybox}]\n");
        var said = new List<string>();
        await SayAsync("other", "triggers", "apply", "--project-dir", "other", "--env", "dev");
        await SayAsync("first", "triggers", "plan");
        await SayAsync("made", "triggers", "apply");
        await SayAsync("again", "triggers", "apply");
        repo.Write("mlops.yaml", TriggerRepository.Yaml.Replace("'^dev$'", "'^develop$'", StringComparison.Ordinal).Replace(@"{tag: '^v\d+$'}", @"{tag: '^v\d+$', name: renamed}", StringComparison.Ordinal));
        await SayAsync("changed", "triggers", "plan");
        await SayAsync("applied", "triggers", "apply", "--prune");
        await SayAsync("at the end", "triggers", "plan");

        Golden.Matches(string.Join('\n', said), "plan.txt");

        async Task SayAsync(string what, params string[] arguments) => said.Add($"# {what}\n{(await repo.OkAsync(arguments)).Output}");
    }

    [Fact]
    public async Task A_trigger_of_the_same_name_is_taken_over_only_when_told()
    {
        await using var repo = new TriggerRepository();
        await repo.OkAsync("cloud", "up");
        repo.Write("theirs.yaml", Review);
        repo.Write("theirs/mlops.yaml", "name: theirs\n");
        repo.Write("theirs/t.yaml", Review);
        await repo.OkAsync("triggers", "apply", "--project-dir", "theirs", "--file", "theirs/t.yaml");

        var refused = await repo.RunAsync("triggers", "apply", "--file", "theirs.yaml");
        var adopted = await repo.OkAsync("triggers", "apply", "--file", "theirs.yaml", "--adopt");
        var after = await repo.OkAsync("triggers", "plan", "--file", "theirs.yaml", "--output", "json");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("theirs.yaml:1:", refused.Errors);
        Assert.Contains("that this repo has not made (it lacks the tag mlops-strikes): rename yours, or take it over with --adopt. [not-ours]", refused.Errors);
        Assert.Contains("review: taken over", adopted.Output);
        Assert.Equal("keep", Assert.Single(after.Json.AsArray())!["action"]!.ToString());
    }

    [Fact]
    public async Task Faults_of_trigger_files_are_told_at_once_with_their_places()
    {
        await using var repo = new TriggerRepository();
        repo.Write("t.yaml", """
            name: a
            github: {owner: acme, name: x, push: {branch: '^main$'}}
            filname: cloudbuild.yaml
            ---
            name: c
            github: {owner: acme, name: x, push: {branch: '^(?!main$).*'}}
            filename: cloudbuild.yaml
            ---
            name: b
            github:
              owner: acme
              push: {branch: main}
            includedFiles: ['src/[']
            filename: cloudbuild.yaml

            """);

        var refused = await repo.RunAsync("triggers", "plan", "--file", "t.yaml");

        Assert.Equal(2, refused.ExitCode);
        Golden.Matches(refused.Errors.Replace(repo.Root + "/", "", StringComparison.Ordinal), "faulty.txt");
    }

    [Fact]
    public async Task Explain_says_of_every_trigger_whether_it_fires()
    {
        await using var repo = new TriggerRepository();

        var explained = await repo.OkAsync("triggers", "explain", "--branch", "dev", "--changed", "docs/a.md", "--output", "json");
        var nothing = await repo.RunAsync("triggers", "explain", "--changed", "a");

        Assert.Equal(["strikes-dev False all_ignored", "strikes-prod False other_event"], explained.Json.AsArray().Select(one => $"{one!["name"]} {one["fires"]!.GetValue<bool>()} {one["code"]}"));
        Assert.Equal(2, nothing.ExitCode);
        Assert.Contains("Say what happens: --branch BRANCH or --tag TAG", nothing.Errors);
        Assert.Contains("--branch refs/heads/dev: patterns see the name alone. Give --branch dev.", (await repo.RunAsync("triggers", "explain", "--branch", "refs/heads/dev")).Errors);
        Assert.Contains("This is a folder; --file names a file of triggers", (await repo.RunAsync("triggers", "explain", "--branch", "dev", "--file", ".")).Errors);
    }

    [Fact]
    public async Task A_push_to_a_watched_repository_starts_its_triggers_through_the_hook()
    {
        await using var repo = new TriggerRepository();
        await repo.OkAsync("cloud", "watch");
        Assert.Contains("The local cloud is not running, so nothing would be built", Assert.Throws<InvalidOperationException>(() => GitCommand.Run(repo.Root, "push", "local", "HEAD:dev")).Message);
        await repo.OkAsync("cloud", "up");
        await repo.OkAsync("triggers", "apply");

        GitCommand.Run(repo.Root, "push", "--quiet", "local", "HEAD:dev");
        repo.Write("README.md", "docs");
        repo.Commit("docs");
        GitCommand.Run(repo.Root, "push", "--quiet", "local", "HEAD:dev");

        var build = Assert.Single((await repo.OkAsync("builds", "list", "--env", "dev", "--output", "json")).Json.AsArray())!;
        Assert.Equal("PENDING", build["status"]!.ToString());
        var shown = (await repo.OkAsync("builds", "show", build["id"]!.ToString(), "--project", "acme-dev", "--output", "json")).Json;
        Assert.Equal(GitCommand.Run(repo.Root, "rev-parse", "HEAD^"), shown["steps"]![0]!["args"]![1]!.ToString());
        string[] reject = ["builds", "approve", build["id"]!.ToString(), "--reject", "--comment", "not today", "--env", "dev"];
        Assert.Contains("is rejected: CANCELLED.", (await repo.OkAsync(reject)).Output);
        var twice = await repo.RunAsync(reject);
        Assert.True(twice.ExitCode == 2 && twice.Errors.Contains("does not wait for an approval: it is CANCELLED", StringComparison.Ordinal), twice.All);
        await repo.OkAsync("cloud", "unwatch");
        Assert.Equal("", GitCommand.Run(repo.Root, "remote"));
    }
}
