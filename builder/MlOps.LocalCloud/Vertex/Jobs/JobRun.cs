using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Vertex.Jobs.Tables;
using MlOps.LocalCloud.Vertex.Pipelines;
using Status = Google.Rpc.Status;

namespace MlOps.LocalCloud.Vertex.Jobs;

/// <summary>How a job ended, and what is to be tidied up once that is written down.</summary>
internal sealed record JobEnd(JobState State, Status? Error, Func<Task> CleanUpAsync)
{
    public static JobEnd Of(JobState state, Status? error = null) => new(state, error, () => Task.CompletedTask);

    public static JobEnd Failed(int code, string message) => Of(JobState.Failed, new Status { Code = code, Message = message });

    public static JobEnd Cancelled { get; } = Of(JobState.Cancelled, new Status { Code = StatusCode.Cancelled, Message = "The job was cancelled." });
}

/// <summary>One job that has not ended. Every change of its message is written down before anybody sees it.</summary>
internal sealed class JobRun(IMessage job, JobMessages table, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly Lock _lock = new();
    private bool _disposed;

    public string Name { get; } = job.Name();

    /// <summary>Somebody asked for the job to be cancelled.</summary>
    public CancellationToken Cancelled => _cancel.Token;

    /// <summary>A copy of the job as it is now.</summary>
    public IMessage Now
    {
        get
        {
            lock (_lock)
            {
                return JobKinds.Copy(job);
            }
        }
    }

    public void Change<T>(Action<T> change)
        where T : IMessage => Write(() => change((T)job));

    public void Pending() => Move(JobState.Pending);

    /// <summary>Its work has begun.</summary>
    public void Started() => Move(JobState.Running, () => job.Set("start_time", job.Time("start_time") ?? time.GetUtcNow().ToTimestamp()));

    /// <summary>Nothing happens to a job that has ended.</summary>
    public void Cancel()
    {
        lock (_lock)
        {
            Move(JobState.Cancelling);
            if (!_disposed)
            {
                _ = _cancel.CancelAsync();
            }
        }
    }

    public void End(JobState state, Status? error) => Write(() =>
    {
        job.Set("state", state);
        job.Set("error", error);
        job.Set("end_time", time.GetUtcNow().ToTimestamp());
    });

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _cancel.Dispose();
        }
    }

    // A job that is being cancelled, or runs already, does not go back.
    private void Move(JobState state, Action? also = null)
    {
        lock (_lock)
        {
            if (job.State() is var now && now != state && !JobStates.IsFinal(now) && (now != JobState.Cancelling) && !(now == JobState.Running && state == JobState.Pending))
            {
                Write(() =>
                {
                    job.Set("state", state);
                    also?.Invoke();
                });
            }
        }
    }

    private void Write(Action change)
    {
        lock (_lock)
        {
            change();
            job.Set("update_time", time.GetUtcNow().ToTimestamp());
            table.Put(job);
        }
    }
}
