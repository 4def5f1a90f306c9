using Google.Cloud.CloudBuild.V1;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>A build that runs, as it is at each moment.</summary>
internal sealed class LiveBuild(Build build) : IDisposable
{
    private readonly Build _build = build.Clone();
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancelled = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name { get; } = build.Name;

    /// <summary>Somebody has asked for its end.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    /// <summary>Completes once the build's last status is written down.</summary>
    public Task Ended => _ended.Task;

    public Build Describe()
    {
        lock (_lock)
        {
            return _build.Clone();
        }
    }

    public void Change(Action<Build> change)
    {
        lock (_lock)
        {
            change(_build);
        }
    }

    public void Cancel()
    {
        lock (_lock)
        {
            if (!_ended.Task.IsCompleted)
            {
                _ = _cancelled.CancelAsync();
            }
        }
    }

    /// <summary>It has ended.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _ended.TrySetResult();
            _cancelled.Dispose();
        }
    }
}
