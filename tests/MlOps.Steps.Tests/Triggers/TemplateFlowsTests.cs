using System.Collections.Immutable;
using MlOps.CloudBuild.Config;
using MlOps.CloudBuild.Triggers;
using MlOps.Core.Problems;
using MlOps.Steps.Project;
using MlOps.Steps.Triggers;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Triggers;

/// <summary>Every template has the flows of docs/promotion.md, "By branch and tag".</summary>
public sealed class TemplateFlowsTests
{
    private static readonly string Folder = Path.Combine(Shared.Checkout(), "templates");
    private static readonly ImmutableArray<string> Code = ["components/train/train.py", "README.md"];
    private static readonly ImmutableArray<string> Documents = ["README.md", "docs/how.md", "notebooks/explore.ipynb"];

    public static TheoryData<string> Templates => [.. Directory.GetDirectories(Folder).Select(folder => Path.GetFileName(folder)!)];

    [Theory]
    [MemberData(nameof(Templates))]
    public void Pushes_pull_requests_and_tags_start_what_they_are_to_start(string template)
    {
        var project = Read(template) with { Repository = new RepositorySettings(RepositoryHost.GitHub, "acme/strikes", default) };
        var problems = new List<Problem>();
        ImmutableArray<WrittenTrigger> triggers = [.. ProjectTriggers.Read(project, problems).Environments.SelectMany(environment => environment.Triggers)];

        Assert.Empty(problems);
        Assert.Equal([$"{template}-branch cloudbuild.yaml"], Fired(new TriggerEvent.Push("feature/x", IsTag: false, new Change(Code, ""))));
        Assert.Equal([$"{template}-pull-request cloudbuild.yaml"], Fired(new TriggerEvent.PullRequest("main", "feature/x", new Change(Code, ""))));
        Assert.Equal([$"{template}-dev cloudbuild.dev.yaml"], Fired(new TriggerEvent.Push("dev", IsTag: false, new Change(Code, ""))));
        Assert.Equal([$"{template}-staging cloudbuild.staging.yaml"], Fired(new TriggerEvent.Push("main", IsTag: false, new Change(Code, ""))));
        Assert.Equal([$"{template}-prod cloudbuild.prod.yaml waits"], Fired(new TriggerEvent.Push("v1.2.30", IsTag: true, new Change(null, ""))));
        Assert.Empty(Fired(new TriggerEvent.Push("v1.2", IsTag: true, new Change(null, ""))));
        Assert.All(new[] { "feature/x", "dev", "main" }, branch => Assert.Empty(Fired(new TriggerEvent.Push(branch, IsTag: false, new Change(Documents, "")))));
        Assert.Empty(Fired(new TriggerEvent.PullRequest("main", "feature/x", new Change(Documents, ""))));

        IEnumerable<string> Fired(TriggerEvent happened) => triggers.Where(trigger => TriggerMatch.Decide(trigger.Trigger, happened).Fires)
            .Select(trigger => $"{trigger.Name} {Path.GetFileName(trigger.Trigger.Filename)}{(trigger.Trigger.ApprovalConfig?.ApprovalRequired is true ? " waits" : "")}");
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Build_files_promote_what_was_tested_and_say_who_they_are(string template)
    {
        var (checks, dev, staging, prod) = (BuildOf("cloudbuild.yaml"), BuildOf("cloudbuild.dev.yaml"), BuildOf("cloudbuild.staging.yaml"), BuildOf("cloudbuild.prod.yaml"));

        Assert.DoesNotContain(Words(checks), word => word is "upload" or "run" or "promote");
        Assert.Contains(Words(checks), word => word.Split(',').Contains("compile"));
        Assert.DoesNotContain("promote", Words(dev));
        Assert.Equal(["ci --env dev", "promote $COMMIT_SHA --to staging"], staging.Steps.Select(step => string.Join(' ', step.Args)));
        Assert.Equal(["promote $COMMIT_SHA --to prod"], prod.Steps.Select(step => string.Join(' ', step.Args)));
        // What Checkout.BuildValues and Actor read.
        string[] handedOn = ["COMMIT_SHA", "BRANCH_NAME", "TAG_NAME", "REPO_NAME", "BUILD_ID", "PROJECT_ID", "LOCATION"];
        Assert.All(new[] { checks, dev, staging, prod }, build => Assert.Empty(handedOn.Except(build.Options.Env.Select(variable => variable.Split('=')[0]))));

        global::Google.Cloud.CloudBuild.V1.Build BuildOf(string file)
        {
            var reading = BuildConfigReader.Read(file, File.ReadAllText(Path.Combine(Folder, template, file)));
            Assert.Empty(reading.Problems);
            return reading.Message!;
        }

        static IEnumerable<string> Words(global::Google.Cloud.CloudBuild.V1.Build build) => build.Steps.SelectMany(step => step.Args);
    }

    [Fact]
    public void Where_there_are_no_pull_requests_their_trigger_is_left_out_with_a_warning()
    {
        var project = Read("wildlife-strikes") with { Repository = new RepositorySettings(RepositoryHost.CloudSource, "strikes", default) };
        var problems = new List<Problem>();

        var triggers = ProjectTriggers.Read(project, problems).Environments.SelectMany(environment => environment.Triggers);

        Assert.DoesNotContain(triggers, trigger => trigger.Name == "wildlife-strikes-pull-request");
        var problem = Assert.Single(problems);
        Assert.Equal(("no-pull-requests", Severity.Warning), (problem.Code, problem.Severity));
    }

    private static ProjectFile Read(string template) => ProjectFileReader.Read(Path.Combine(Folder, template));
}
