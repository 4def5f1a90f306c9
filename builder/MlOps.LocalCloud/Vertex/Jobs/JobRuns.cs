using System.Collections.Concurrent;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Vertex.Jobs.Batch;
using MlOps.LocalCloud.Vertex.Jobs.Custom;
using MlOps.LocalCloud.Vertex.Jobs.Tables;
using MlOps.LocalCloud.Vertex.Jobs.Tuning;
using MlOps.LocalCloud.Vertex.Jobs.Work;
using MlOps.LocalCloud.Vertex.Pipelines;

namespace MlOps.LocalCloud.Vertex.Jobs;

/// <summary>What all jobs share.</summary>
/// <param name="Stopping">The cloud is being stopped: what runs is let go of, for the next process to pick up.</param>
internal sealed record JobServices(VertexOptions Options, EngineAccess Access, CancellationToken Stopping);

/// <summary>The jobs of one cloud: starts them, goes on with those that an earlier process has left, lets go of them when the cloud stops.</summary>
internal sealed class JobRuns : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, (JobRun Run, Task Running)> _live = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _room;
    private readonly JobServices _services;
    private readonly JobMessages _table;

    public JobRuns(VertexOptions options, JobMessages table)
    {
        _table = table;
        _room = new SemaphoreSlim(Math.Max(1, options.MaxParallel));
        _services = new JobServices(options, new EngineAccess(options.ConnectAsync, options.JobSurroundingsAsync, options.SharesFiles), _stopping.Token);
    }

    /// <summary>The job that has not ended; null for others.</summary>
    public JobRun? Live(string name) => _live.TryGetValue(name, out var live) ? live.Run : null;

    /// <summary>Ends when the job has ended; at once where none runs.</summary>
    public Task Ended(string name) => _live.TryGetValue(name, out var live) ? live.Running : Task.CompletedTask;

    /// <summary>The job as it is now; null without one.</summary>
    public IMessage? Find(string name) => Live(name)?.Now ?? _table.Find(name);

    /// <summary>Stores a checked job and starts it.</summary>
    /// <param name="job">With its name, state and create time.</param>
    /// <returns>False where a job of that name exists.</returns>
    public bool Start(IMessage job)
    {
        if (!_table.Add(job))
        {
            return false;
        }

        Begin(JobKinds.Copy(job), LeftBehind.Nothing);
        return true;
    }

    /// <summary>Goes on with every job that had not ended when the last process did.</summary>
    public async Task ResumeAsync(CancellationToken cancel)
    {
        var unfinished = _table.Unfinished();
        if (unfinished.Count == 0)
        {
            return;
        }

        var leftBehind = await LeftBehind.FindAsync(_services, cancel);
        foreach (var job in unfinished)
        {
            Begin(job, leftBehind);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_live.Values.Select(live => live.Running));
        await _services.Access.DisposeAsync();
        _room.Dispose();
        _stopping.Dispose();
    }

    private void Begin(IMessage job, LeftBehind leftBehind)
    {
        var run = new JobRun(job, _table, _services.Options.Time);
        if (job.State() == JobState.Cancelling)
        {
            run.Cancel();
        }

        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _live[run.Name] = (run, RunAsync(run, leftBehind, go.Task));
        go.SetResult();
    }

    private async Task RunAsync(JobRun run, LeftBehind leftBehind, Task go)
    {
        await go;
        try
        {
            var end = await EndAsync(run, leftBehind);
            run.End(end.State, end.Error);
            await end.CleanUpAsync();
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // The next process picks the job up.
        }
        catch (Exception error) when (error is Microsoft.Data.Sqlite.SqliteException or ObjectDisposedException or HttpRequestException or IOException or StepFailedException or Docker.DotNet.DockerApiException)
        {
            // The state cannot be written, or something cannot be tidied up: what stays behind carries the cloud's label.
        }
        finally
        {
            _live.TryRemove(run.Name, out _);
            run.Dispose();
        }
    }

    private async Task<JobEnd> EndAsync(JobRun run, LeftBehind leftBehind)
    {
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Cancelled, _stopping.Token);
            await _room.WaitAsync(stop.Token);
            try
            {
                run.Pending();
                return await WorkAsync(run, leftBehind, stop.Token);
            }
            finally
            {
                _room.Release();
            }
        }
        catch (OperationCanceledException) when (run.Cancelled.IsCancellationRequested && !_stopping.IsCancellationRequested)
        {
            return JobEnd.Cancelled with { CleanUpAsync = () => leftBehind.RemoveAsync(_services, run.Name) };
        }
        catch (TaskFaultException fault)
        {
            return JobEnd.Failed(StatusCode.InvalidArgument, fault.Message);
        }
        catch (MachineLacksException error)
        {
            return JobEnd.Failed(StatusCode.FailedPrecondition, $"The job cannot run: {error.Message}");
        }
        catch (Exception error) when (!_stopping.IsCancellationRequested)
        {
            // Whatever goes wrong in one job ends that job, never the cloud.
            return JobEnd.Failed(StatusCode.Internal, $"The job failed: {error.Message}");
        }
    }

    private Task<JobEnd> WorkAsync(JobRun run, LeftBehind leftBehind, CancellationToken cancel) => run.Now switch
    {
        CustomJob job => CustomJobRun.RunAsync(run, job, _services, leftBehind, cancel),
        HyperparameterTuningJob job => new TuningRun(run, job, _services, leftBehind).RunAsync(cancel),
        BatchPredictionJob job => BatchRun.RunAsync(run, job, _services, leftBehind, cancel),
        var other => throw new NotSupportedException(other.Descriptor.Name),
    };
}
