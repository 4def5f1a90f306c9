using System.Collections.Concurrent;
using System.Text.Json;
using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Vertex.Jobs.Serving;
using MlOps.LocalCloud.Vertex.Metadata;
using MlOps.LocalCloud.Vertex.Pipelines.Executing;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Serving;
using MlOps.LocalCloud.Vertex.Pipelines.Tables;

namespace MlOps.LocalCloud.Vertex.Pipelines;

/// <summary>The runs of one cloud: starts them, goes on with those that an earlier process has left, lets go of them when the cloud stops.</summary>
internal sealed class PipelineRunner : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, (JobRunner Runner, Task Running)> _live = new(StringComparer.Ordinal);
    private readonly EngineAccess _access;
    private readonly RunnerServices _services;

    public PipelineRunner(VertexOptions options, JobTable jobs, RunRecorder recorder, CacheTable cache, JobDesk desk)
    {
        _access = new EngineAccess(options.ConnectAsync, options.SurroundingsAsync, options.SharesFiles);
        _services = new RunnerServices(options, jobs, recorder, new TaskExecutor(options, _access, cache, new RecordedArtifacts(jobs, recorder), desk, recorder.Same, _stopping.Token), _stopping.Token);
    }

    /// <summary>The run of a job that has not ended; null for others.</summary>
    public JobRunner? Live(string name) => _live.TryGetValue(name, out var live) ? live.Runner : null;

    /// <summary>Ends when the job's run has ended; at once where none runs.</summary>
    public Task Ended(string name) => _live.TryGetValue(name, out var live) ? live.Running : Task.CompletedTask;

    /// <summary>Starts a job that is stored.</summary>
    public void Start(PreparedJob job) => Begin(job, past: [], new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>Goes on with every job that had not ended when the last process did.</summary>
    public async Task ResumeAsync(CancellationToken cancel)
    {
        var unfinished = _services.Jobs.Unfinished();
        if (unfinished.Count == 0)
        {
            return;
        }

        var leftBehind = await LeftBehindAsync(cancel);
        foreach (var (job, events) in unfinished)
        {
            try
            {
                Begin(JobPreparation.Of(job, _services.Recorder.Artifact), events, leftBehind);
            }
            catch (InvalidInputException error)
            {
                // Stored by another version of this program: it ends with a stated error.
                _services.Jobs.End(JobDescription.Lost(job, _services.Options.Time.GetUtcNow(), error.Message));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_live.Values.Select(live => live.Running));
        _services.Executor.Dispose();
        await _access.DisposeAsync();
        _stopping.Dispose();
    }

    private void Begin(PreparedJob job, IReadOnlyList<RunEvent> past, IReadOnlyDictionary<string, string> leftBehind)
    {
        var runner = new JobRunner(_services, job.Job, job.Facts, new PipelineRun(job.Spec, job.Facts, job.Inputs));
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _live[job.Job.Name] = (runner, RunAsync(runner, job.Job, past, leftBehind, go.Task));
        go.SetResult();
    }

    private async Task RunAsync(JobRunner runner, PipelineJob job, IReadOnlyList<RunEvent> past, IReadOnlyDictionary<string, string> leftBehind, Task go)
    {
        await go;
        try
        {
            await runner.RunAsync(past, leftBehind);
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error)
        {
            // A fault of this program ends the job, never the cloud.
            TryEnd(JobDescription.Lost(job, _services.Options.Time.GetUtcNow(), error.Message));
        }

        _live.TryRemove(job.Name, out _);
    }

    private void TryEnd(PipelineJob job)
    {
        try
        {
            _services.Jobs.End(job);
        }
        catch (Exception error) when (error is Microsoft.Data.Sqlite.SqliteException or ObjectDisposedException or JsonException)
        {
            // The state cannot be written: the job is resumed at the next start.
        }
    }

    private async Task<Dictionary<string, string>> LeftBehindAsync(CancellationToken cancel)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var (engine, _) = await _access.GetAsync(cancel);
            foreach (var container in await engine.Containers.ListAsync(TaskLabels.Cloud, _services.Options.Instance, cancel))
            {
                if (TaskLabels.Key(container.Labels) is { } key)
                {
                    found[key] = container.ID;
                }
                else if (TaskLabels.IsDriver(container.Labels))
                {
                    // Its task begins again.
                    await engine.Containers.RemoveAsync(container.ID, cancel);
                }
            }
        }
        catch (MachineLacksException)
        {
            // No engine, no containers; the tasks say so themselves.
        }

        return found;
    }
}
