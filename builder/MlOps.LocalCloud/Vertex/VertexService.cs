using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Operations;
using MlOps.LocalCloud.Vertex.Metadata;
using MlOps.LocalCloud.Vertex.Metadata.Serving;
using MlOps.LocalCloud.Vertex.Pipelines;
using MlOps.LocalCloud.Vertex.Pipelines.Serving;
using MlOps.LocalCloud.Vertex.Pipelines.Tables;

namespace MlOps.LocalCloud.Vertex;

/// <summary>Vertex AI, put together. The host maps <see cref="Pipelines"/> and <see cref="Metadata"/> for gRPC and REST, and calls <see cref="ResumeAsync"/> once it serves.</summary>
internal sealed class VertexService : IAsyncDisposable
{
    /// <summary>For <see cref="CloudDatabase"/>.</summary>
    public const string Schema = JobTable.Schema + MetadataRows.Schema;

    public VertexService(CloudDatabase database, OperationsTable operations, VertexOptions options)
    {
        var (jobs, recorder) = (new JobTable(database), new RunRecorder(database));
        Runner = new PipelineRunner(options, jobs, recorder, new CacheTable(database));
        Pipelines = new LocalPipelineService(Runner, jobs, recorder, operations, options);
        Metadata = new LocalMetadataService(database, operations, options.Time);
    }

    public PipelineRunner Runner { get; }

    public LocalPipelineService Pipelines { get; }

    public LocalMetadataService Metadata { get; }

    /// <summary>Goes on with the runs that an earlier process has left.</summary>
    public Task ResumeAsync(CancellationToken cancel) => Runner.ResumeAsync(cancel);

    /// <summary>Lets go of what runs; containers go on, and the next process picks them up.</summary>
    public ValueTask DisposeAsync() => Runner.DisposeAsync();
}
