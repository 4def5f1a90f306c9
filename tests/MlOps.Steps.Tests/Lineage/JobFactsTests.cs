using System.Collections.Immutable;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.Steps.Lineage;

namespace MlOps.Steps.Tests.Lineage;

/// <summary>What a job tells where the metadata store, such as Google's, does not.</summary>
public sealed class JobFactsTests
{
    [Fact]
    public void Labels_and_template_come_from_the_job()
    {
        var job = new PipelineJob
        {
            Name = "projects/p/locations/l/pipelineJobs/train-1",
            TemplateUri = "https://l-kfp.pkg.dev/p/r/train/sha256:1",
            Labels = { ["mlops-commit"] = "abc" },
            PipelineSpec = Struct.Parser.ParseJson("""{"pipelineInfo": {"name": "train"}}"""),
        };
        var run = JobFacts.Added(new LineageRun("train-1", null, null, null, null, ImmutableSortedDictionary<string, string>.Empty), job);
        Assert.Equal(("abc", "train", "https://l-kfp.pkg.dev/p/r/train/sha256:1"), (run.Commit, run.Pipeline, run.Template));
    }
}
