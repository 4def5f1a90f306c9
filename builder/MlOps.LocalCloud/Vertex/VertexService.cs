using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Operations;
using MlOps.LocalCloud.Vertex.Jobs;
using MlOps.LocalCloud.Vertex.Jobs.Logs;
using MlOps.LocalCloud.Vertex.Jobs.Serving;
using MlOps.LocalCloud.Vertex.Jobs.Tables;
using MlOps.LocalCloud.Vertex.Metadata;
using MlOps.LocalCloud.Vertex.Metadata.Serving;
using MlOps.LocalCloud.Vertex.Pipelines;
using MlOps.LocalCloud.Vertex.Pipelines.Serving;
using MlOps.LocalCloud.Vertex.Pipelines.Tables;

namespace MlOps.LocalCloud.Vertex;

/// <summary>
/// Vertex AI, put together. The host maps <see cref="Pipelines"/>, <see cref="Jobs"/> and <see cref="Metadata"/> for gRPC and REST, and
/// calls <see cref="ResumeAsync"/> once it serves.
/// </summary>
internal sealed class VertexService : IAsyncDisposable
{
    /// <summary>For <see cref="CloudDatabase"/>.</summary>
    public const string Schema = JobTable.Schema + MetadataRows.Schema + JobMessages.Schema;

    private readonly JobRuns _runs;

    public VertexService(CloudDatabase database, OperationsTable operations, VertexOptions options)
    {
        var messages = new JobMessages(database);
        _runs = new JobRuns(options, messages);
        Desk = new JobDesk(_runs, messages, operations, options);
        Jobs = new LocalJobService(Desk, options);
        JobLogs = new LogEntriesApi(options);
        var (jobs, recorder) = (new JobTable(database), new RunRecorder(database));
        Runner = new PipelineRunner(options, jobs, recorder, new CacheTable(database), Desk);
        Pipelines = new LocalPipelineService(Runner, jobs, recorder, operations, options);
        Metadata = new LocalMetadataService(database, operations, options.Time);
    }

    public PipelineRunner Runner { get; }

    public LocalPipelineService Pipelines { get; }

    public LocalMetadataService Metadata { get; }

    public JobDesk Desk { get; }

    public LocalJobService Jobs { get; }

    /// <summary>What jobs printed, as Cloud Logging tells it.</summary>
    public LogEntriesApi JobLogs { get; }

    /// <summary>Goes on with the jobs and the runs that an earlier process has left; runs wait for jobs, so jobs come first.</summary>
    public async Task ResumeAsync(CancellationToken cancel)
    {
        await _runs.ResumeAsync(cancel);
        await Runner.ResumeAsync(cancel);
    }

    /// <summary>Lets go of what runs; containers go on, and the next process picks them up.</summary>
    public async ValueTask DisposeAsync()
    {
        await Runner.DisposeAsync();
        await _runs.DisposeAsync();
    }
}
