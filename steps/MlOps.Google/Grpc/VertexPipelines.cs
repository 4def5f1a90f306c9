using System.Runtime.CompilerServices;
using Google.Cloud.AIPlatform.V1;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Http;
using MlOps.Google.Retry;

namespace MlOps.Google.Grpc;

/// <summary>Pipeline jobs of one project and region, through Google's generated client (google/cloud/aiplatform/v1/pipeline_service.proto).</summary>
public sealed class VertexPipelines(GrpcChannels channels, string project, string region)
{
    private readonly PipelineService.PipelineServiceClient _client = new(channels.Vertex(region));
    private readonly GrpcRetry _retry = new(channels.Policy, new ServiceHost($"{region}-aiplatform.googleapis.com", channels.Endpoint.Vertex(region)));

    /// <summary><c>projects/P/locations/L</c>.</summary>
    public string Parent { get; } = $"projects/{project}/locations/{region}";

    public string JobName(string jobId) => $"{Parent}/pipelineJobs/{jobId}";

    /// <summary>Starts a run under a fixed id. A run of that id that exists already, from an earlier try too, is returned instead.</summary>
    /// <exception cref="CloudException">The job was refused.</exception>
    public async Task<PipelineJob> CreateAsync(PipelineJob job, string jobId, CancellationToken cancel)
    {
        var request = new CreatePipelineJobRequest { Parent = Parent, PipelineJob = job, PipelineJobId = jobId };
        try
        {
            return await _retry.RepeatableAsync($"start the pipeline job {jobId}", token => _client.CreatePipelineJobAsync(request, channels.Options("parent", Parent, token)), cancel);
        }
        catch (CloudException error) when (error.Status == StatusCode.AlreadyExists)
        {
            if (await GetAsync(JobName(jobId), cancel) is { } existing)
            {
                return existing;
            }

            throw;
        }
    }

    /// <summary>A run by its full name; null where there is none.</summary>
    public async Task<PipelineJob?> GetAsync(string name, CancellationToken cancel)
    {
        var request = new GetPipelineJobRequest { Name = name };
        try
        {
            return await _retry.RepeatableAsync($"tell about {name}", token => _client.GetPipelineJobAsync(request, channels.Options("name", name, token)), cancel);
        }
        catch (CloudException error) when (error.Status == StatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Runs, newest first, every page; without their <c>jobDetail</c>.</summary>
    /// <param name="filter">As ListPipelineJobsRequest has it, such as <c>labels.release=R</c>; empty for all.</param>
    /// <param name="cancel">Ends the listing.</param>
    public async IAsyncEnumerable<PipelineJob> ListAsync(string filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new ListPipelineJobsRequest { Parent = Parent, Filter = filter, PageSize = 100 };
        do
        {
            var page = await _retry.RepeatableAsync("list pipeline jobs", token => _client.ListPipelineJobsAsync(request, channels.Options("parent", Parent, token)), cancel);
            foreach (var job in page.PipelineJobs)
            {
                yield return job;
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    /// <summary>Asks for a run's end; best effort, and the run may still succeed. A run that has ended, or is not there, is left as it is.</summary>
    public async Task CancelAsync(string name, CancellationToken cancel)
    {
        var request = new CancelPipelineJobRequest { Name = name };
        try
        {
            await _retry.RepeatableAsync($"cancel {name}", token => _client.CancelPipelineJobAsync(request, channels.Options("name", name, token)), cancel);
        }
        catch (CloudException error) when (error.Status is StatusCode.NotFound or StatusCode.FailedPrecondition)
        {
            // Nothing runs under that name any more: what was asked for is so.
        }
    }
}
