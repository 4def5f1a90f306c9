using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Vertex.Metadata;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using Status = Google.Rpc.Status;
using TaskState = Google.Cloud.AIPlatform.V1.PipelineTaskDetail.Types.State;

namespace MlOps.LocalCloud.Vertex.Pipelines.Serving;

/// <summary>A run as the API tells it (google/cloud/aiplatform/v1/pipeline_job.proto).</summary>
internal static class JobDescription
{
    /// <param name="job">As it was created.</param>
    /// <param name="detail">With its tasks; lists leave them out.</param>
    public static PipelineJob Of(PipelineJob job, RunFacts facts, PipelineRun run, DateTimeOffset updated, bool detail)
    {
        var described = job.Clone();
        described.State = run.JobState;
        described.UpdateTime = updated.ToTimestamp();
        described.StartTime = run.Root.StartTime?.ToTimestamp();
        described.EndTime = run.Root.EndTime?.ToTimestamp();
        if (run.Root is { State: TaskState.Failed or TaskState.Cancelled, Error: { } error })
        {
            described.Error = new Status { Code = error.Code, Message = $"{error.Message} Job: {job.Name}." };
        }

        described.JobDetail = detail ? Detail(job, facts, run) : null;
        return described;
    }

    /// <summary>A job that cannot go on, for a reason that is none of its tasks'.</summary>
    public static PipelineJob Lost(PipelineJob job, DateTimeOffset now, string reason)
    {
        var described = job.Clone();
        described.State = PipelineState.Failed;
        described.EndTime = described.UpdateTime = now.ToTimestamp();
        described.Error = new Status { Code = StatusCode.Internal, Message = $"The local cloud could not go on with this job: {reason}" };
        return described;
    }

    /// <summary>The metadata store that a job's run is recorded in.</summary>
    public static string StoreOf(PipelineJob job) => MetadataNames.StoreOf(job.Name[..job.Name.IndexOf("/pipelineJobs/", StringComparison.Ordinal)]);

    /// <summary>The artifacts that a job's tasks have made; not those that they have only found.</summary>
    public static IEnumerable<Artifact> Artifacts(PipelineJob job) => (job.JobDetail?.TaskDetails ?? [])
        .Where(task => task.State == TaskState.Succeeded && task.Execution?.SchemaTitle != TaskDescription.ResolverExecution)
        .SelectMany(task => task.Outputs.Values.SelectMany(list => list.Artifacts))
        .DistinctBy(artifact => artifact.Name);

    private static PipelineJobDetail Detail(PipelineJob job, RunFacts facts, PipelineRun run)
    {
        var store = StoreOf(job);
        var detail = new PipelineJobDetail
        {
            PipelineContext = RunContexts.Pipeline(facts, run.Root.Name, store),
            PipelineRunContext = RunContexts.Run(job, facts, run.Root.Name, store),
        };
        detail.TaskDetails.AddRange(run.Nodes.Select(node => TaskDescription.Of(node, facts, store)));
        return detail;
    }
}
