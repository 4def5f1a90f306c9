using MlOps.Core.Problems;
using MlOps.Steps.Lineage;

namespace MlOps.Steps.Tests.Lineage;

public sealed class LineageTargetTests
{
    [Theory]
    [InlineData("projects/p/locations/l/metadataStores/default/artifacts/a1", "OfArtifact { Project = p, Region = l, Id = a1 }")]
    [InlineData("projects/p/locations/l/metadataStores/default/executions/e1", "OfExecution { Project = p, Region = l, Id = e1 }")]
    [InlineData("projects/p/locations/l/metadataStores/default/contexts/run-1", "OfRun { Project = p, Region = l, Id = run-1 }")]
    [InlineData("projects/p/locations/l/pipelineJobs/run-1", "OfRun { Project = p, Region = l, Id = run-1 }")]
    [InlineData("run-1", "OfId { Project = , Region = , Id = run-1 }")]
    [InlineData("gs://bucket/a/b/", "OfUri { Project = , Region = , Uri = gs://bucket/a/b }")]
    [InlineData("/gcs/bucket/a", "OfUri { Project = , Region = , Uri = gs://bucket/a }")]
    [InlineData("https://host/model", "OfUri { Project = , Region = , Uri = https://host/model }")]
    public void What_may_be_asked_about(string text, string expected) => Assert.Equal(expected, LineageTarget.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("out/model.json")]
    [InlineData("model.json")]
    [InlineData("gs://bucket")]
    [InlineData("gs://UPPER/x")]
    [InlineData("projects/p/locations/l/models/1")]
    [InlineData("projects/p/locations/l/metadataStores/other/artifacts/a1")]
    public void Everything_else_is_told_what_to_write(string text) => Assert.Contains("expected ", Assert.Throws<InvalidInputException>(() => LineageTarget.Parse(text)).Message);

    [Fact]
    public void A_file_is_asked_about_by_the_folders_above_it() =>
        Assert.Equal(["gs://b0b/x/y/z", "gs://b0b/x/y", "gs://b0b/x", "gs://b0b"], ((LineageTarget.OfUri)LineageTarget.Parse("gs://b0b/x/y/z")).AndAbove());
}
