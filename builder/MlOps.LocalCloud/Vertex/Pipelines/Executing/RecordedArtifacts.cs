using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Vertex.Metadata;
using MlOps.LocalCloud.Vertex.Pipelines.Serving;
using MlOps.LocalCloud.Vertex.Pipelines.Tables;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>An artifact with the run and the pipeline that made it: the contexts that it is in.</summary>
internal sealed record RecordedArtifact(Artifact Artifact, string Pipeline, string Run);

/// <summary>What runs that have ended have made or imported, as the metadata store has it now.</summary>
internal sealed class RecordedArtifacts(JobTable jobs, RunRecorder recorder)
{
    /// <param name="parent"><c>projects/P/locations/L</c>.</param>
    /// <returns>Newest first.</returns>
    public IEnumerable<RecordedArtifact> Of(string parent) =>
        jobs.List(parent).SelectMany(Made).DistinctBy(recorded => recorded.Artifact.Name).OrderByDescending(recorded => recorded.Artifact.CreateTime);

    private IEnumerable<RecordedArtifact> Made(PipelineJob job)
    {
        var pipeline = job.PipelineSpec.Fields["pipelineInfo"].StructValue.Fields["name"].StringValue;
        return JobDescription.Artifacts(job).Select(made => recorder.Artifact(made.Name)).OfType<Artifact>().Select(found => new RecordedArtifact(found, pipeline, job.Name[(job.Name.LastIndexOf('/') + 1)..]));
    }
}
