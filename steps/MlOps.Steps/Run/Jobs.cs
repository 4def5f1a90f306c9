using Google.Cloud.AIPlatform.V1;
using MlOps.Google;
using MlOps.Google.Grpc;
using MlOps.Steps.Project;

namespace MlOps.Steps.Run;

/// <summary>The pipeline jobs of an environment, by their ids.</summary>
internal sealed class Jobs(GcpEndpoint endpoint, DeliveryEnvironment environment) : IDisposable
{
    private readonly GrpcChannels _channels = new(endpoint);

    private VertexPipelines Pipelines => field ??= new VertexPipelines(_channels, environment.Project, environment.Region);

    public GcpEndpoint Endpoint => endpoint;

    public Task<PipelineJob?> FindAsync(string id, CancellationToken cancel) => Pipelines.GetAsync(Pipelines.JobName(id), cancel);

    /// <summary>By its full name; null where there is none (yet: just after its creation that may be so for a moment).</summary>
    public Task<PipelineJob?> GetAsync(string name, CancellationToken cancel) => Pipelines.GetAsync(name, cancel);

    public Task<PipelineJob> CreateAsync(string id, JobRequest request, CancellationToken cancel) => Pipelines.CreateAsync(request.ToMessage(environment), id, cancel);

    /// <summary>The ids of the newest jobs.</summary>
    public ValueTask<List<string>> NewestAsync(int count, CancellationToken cancel) =>
        Pipelines.ListAsync("", cancel).Take(count).Select(job => job.Name[(job.Name.LastIndexOf('/') + 1)..]).ToListAsync(cancel);

    public Task CancelAsync(string name, CancellationToken cancel) => Pipelines.CancelAsync(name, cancel);

    public void Dispose() => _channels.Dispose();
}
