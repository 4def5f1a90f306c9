using System.Collections.Immutable;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.Steps.Lineage;

namespace MlOps.Steps.Tests.Lineage;

/// <summary>What a job tells where the metadata store, such as Google's, does not.</summary>
public sealed class JobFactsTests
{
    private static PipelineJob Job(string innerImage) => new()
    {
        Name = "projects/p/locations/l/pipelineJobs/train-1",
        TemplateUri = "https://l-kfp.pkg.dev/p/r/train/sha256:1",
        Labels = { ["mlops-commit"] = "abc" },
        PipelineSpec = Struct.Parser.ParseJson("""
            {"pipelineInfo": {"name": "train"},
             "components": {
               "comp-fit": {"executorLabel": "exec-fit"}, "comp-fit-2": {"executorLabel": "exec-fit-2"},
               "comp-inner": {"dag": {"tasks": {"fit": {"taskInfo": {"name": "fit"}, "componentRef": {"name": "comp-fit-2"}}}}}},
             "deploymentSpec": {"executors": {"exec-fit": {"container": {"image": "r/fit@sha256:1"}}, "exec-fit-2": {"container": {"image": "INNER"}}}},
             "root": {"dag": {"tasks": {"one": {"taskInfo": {"name": "fit"}, "componentRef": {"name": "comp-fit"}}, "inner": {"componentRef": {"name": "comp-inner"}}}}}}
            """.Replace("INNER", innerImage, StringComparison.Ordinal)),
        JobDetail = new PipelineJobDetail { TaskDetails = { new PipelineTaskDetail { TaskName = "fit", Execution = new Execution { Name = "e1" } } } },
    };

    [Theory]
    [InlineData("r/fit@sha256:1", "e1", "r/fit@sha256:1")]
    [InlineData("r/fit@sha256:2", "e1", null)]
    [InlineData("r/fit@sha256:1", "other", null)]
    public void A_tasks_image_is_told_where_there_is_no_doubt(string innerImage, string execution, string? expected) =>
        Assert.Equal(expected, JobFacts.Image(Job(innerImage), execution)?.ToString());

    [Fact]
    public void Labels_and_template_come_from_the_job()
    {
        var run = JobFacts.Added(new LineageRun("train-1", null, null, null, null, ImmutableSortedDictionary<string, string>.Empty), Job("x"));
        Assert.Equal(("abc", "train", "https://l-kfp.pkg.dev/p/r/train/sha256:1"), (run.Commit, run.Pipeline, run.Template));
    }
}
