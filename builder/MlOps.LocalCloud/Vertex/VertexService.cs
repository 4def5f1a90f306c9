using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Operations;
using MlOps.LocalCloud.Vertex.Pipelines;
using MlOps.LocalCloud.Vertex.Pipelines.Serving;
using MlOps.LocalCloud.Vertex.Pipelines.Tables;

namespace MlOps.LocalCloud.Vertex;

/// <summary>Vertex AI, put together. The host maps <see cref="Pipelines"/> for gRPC and REST, and calls <see cref="ResumeAsync"/> once it serves.</summary>
internal sealed class VertexService : IAsyncDisposable
{
    /// <summary>For <see cref="CloudDatabase"/>.</summary>
    public const string Schema = JobTable.Schema;

    public VertexService(CloudDatabase database, OperationsTable operations, VertexOptions options)
    {
        var (jobs, artifacts) = (new JobTable(database), new ArtifactTable(database));
        Runner = new PipelineRunner(options, jobs, artifacts, new CacheTable(database));
        Pipelines = new LocalPipelineService(Runner, jobs, artifacts, operations, options);
    }

    public PipelineRunner Runner { get; }

    public LocalPipelineService Pipelines { get; }

    /// <summary>Goes on with the runs that an earlier process has left.</summary>
    public Task ResumeAsync(CancellationToken cancel) => Runner.ResumeAsync(cancel);

    /// <summary>Lets go of what runs; containers go on, and the next process picks them up.</summary>
    public ValueTask DisposeAsync() => Runner.DisposeAsync();
}
