using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Vertex.Jobs.Work;
using MlOps.LocalCloud.Vertex.Pipelines;
using MlOps.LocalCloud.Vertex.Running;
using Status = Google.Rpc.Status;

namespace MlOps.LocalCloud.Vertex.Jobs.Custom;

/// <summary>A custom job is one cluster.</summary>
internal static class CustomJobRun
{
    public static async Task<JobEnd> RunAsync(JobRun run, CustomJob job, JobServices services, LeftBehind leftBehind, CancellationToken cancel)
    {
        var work = new ClusterRun(services, new WorkRequest(job.Name, Trial: "", job.JobSpec, []), new ImageSource(services.Options.ToEngineName), leftBehind);
        var end = await work.RunAsync(job.StartTime?.ToDateTimeOffset(), run.Started, cancel);
        var (state, error) = end.State switch
        {
            WorkState.Succeeded => (JobState.Succeeded, null),
            WorkState.Cancelled => (JobState.Cancelled, JobEnd.Cancelled.Error),
            _ => (JobState.Failed, new Status { Code = StatusCode.InvalidArgument, Message = end.Message }),
        };
        return new JobEnd(state, error, end.CleanUpAsync);
    }
}
