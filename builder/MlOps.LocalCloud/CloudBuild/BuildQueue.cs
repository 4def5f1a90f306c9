using System.Collections.Concurrent;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.CloudBuild.Running;
using MlOps.LocalCloud.CloudBuild.Tables;
using Status = Google.Cloud.CloudBuild.V1.Build.Types.Status;
using TimeSpan = System.TimeSpan;

namespace MlOps.LocalCloud.CloudBuild;

/// <summary>The builds of one cloud that have not ended: those that wait, and those that run.</summary>
internal sealed class BuildQueue : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, LiveBuild> _live = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly BuildTable _builds;
    private readonly BuildRunner _runner;
    private readonly TimeProvider _time;
    private readonly QueueOrder _order;
    private readonly ITimer _expiry;

    public BuildQueue(BuildTable builds, BuildRunner runner, TimeProvider time, int most)
    {
        (_builds, _runner, _time, _order) = (builds, runner, time, new QueueOrder(most));
        _expiry = time.CreateTimer(_ => Expire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A build that runs, as it is now; null for others.</summary>
    public Build? Live(string name) => _live.TryGetValue(name, out var live) ? live.Describe() : null;

    /// <summary>Ends when the build has ended; at once where it does not run.</summary>
    public Task Ended(string name) => _live.TryGetValue(name, out var live) ? live.Ended : Task.CompletedTask;

    /// <summary>Queues a build that is stored as QUEUED; one that waits or runs already is left alone.</summary>
    public void Add(Build build)
    {
        lock (_lock)
        {
            if (_live.ContainsKey(build.Name) || _order.IsWaiting(build.Name) || _builds.Find(build.Name) is not { Status: Status.Queued })
            {
                return;
            }

            _order.Add(new WaitingBuild(build.Name, BuildName.Of(build.Name, "", "").Parent.ToString(), Expiry(build)));
        }

        StartNext();
    }

    /// <summary>Decides on a build that waits for an approval.</summary>
    /// <returns>It, QUEUED or CANCELLED; null where it is not PENDING (any more).</returns>
    public Build? Decide(string name, BuildApproval approval)
    {
        Build? build;
        lock (_lock)
        {
            build = _builds.Find(name);
            if (build is not { Status: Status.Pending })
            {
                return null;
            }

            build.Approval = approval;
            build.Status = approval.State == BuildApproval.Types.State.Approved ? Status.Queued : Status.Cancelled;
            build.FinishTime = build.Status.IsFinal() ? _time.GetUtcNow().ToTimestamp() : null;
            _builds.Put(build, tidy: true);
        }

        Add(build);
        return build;
    }

    /// <summary>Cancels a build that has not ended.</summary>
    /// <returns>It, once it has ended.</returns>
    public async Task<Build> CancelAsync(string name)
    {
        lock (_lock)
        {
            if (_order.Remove(name) || _builds.Find(name) is { Status: Status.Pending })
            {
                EndUnstarted(name, Status.Cancelled, "");
            }
        }

        if (_live.TryGetValue(name, out var live))
        {
            live.Cancel();
            await live.Ended;
        }

        return _builds.Find(name)!;
    }

    /// <summary>Lets the builds that run end as interrupted; those that wait go on waiting, for the next process.</summary>
    public async ValueTask DisposeAsync()
    {
        await _expiry.DisposeAsync();
        List<LiveBuild> live;
        lock (_lock)
        {
            _stopping.Cancel();
            live = [.. _live.Values];
        }

        await Task.WhenAll(live.Select(build => build.Ended));
        _stopping.Dispose();
    }

    private void StartNext()
    {
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            foreach (var next in _order.TakeNext())
            {
                var live = _live[next.Name] = new LiveBuild(_builds.Find(next.Name)!);
                _ = RunAsync(live, next.Queue);
            }

            _expiry.Change(_order.NextExpiry() is { } expiry ? Max(expiry - _time.GetUtcNow(), TimeSpan.Zero) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task RunAsync(LiveBuild live, string queue)
    {
        await Task.Yield();
        try
        {
            await _runner.RunAsync(live, _stopping.Token);
        }
        finally
        {
            lock (_lock)
            {
                _live.TryRemove(live.Name, out _);
                _order.Ended(queue);
            }

            live.Dispose();
            StartNext();
        }
    }

    private void Expire()
    {
        lock (_lock)
        {
            foreach (var build in _order.TakeExpired(_time.GetUtcNow()))
            {
                EndUnstarted(build.Name, Status.Expired, "The build waited in the queue for longer than its queueTtl.");
            }
        }

        StartNext();
    }

    private void EndUnstarted(string name, Status status, string detail)
    {
        var build = _builds.Find(name)!;
        if (build is { Status: Status.Pending, Approval: { } approval })
        {
            approval.State = BuildApproval.Types.State.Cancelled;
        }

        (build.Status, build.StatusDetail, build.FinishTime) = (status, detail, _time.GetUtcNow().ToTimestamp());
        _builds.Put(build, tidy: true);
    }

    /// <summary><c>queueTtl</c> counts from the build's creation, or else from its approval, before which nothing could run.</summary>
    private static DateTimeOffset Expiry(Build build) =>
        (build.Approval?.Result?.ApprovalTime ?? build.CreateTime).ToDateTimeOffset() + build.QueueTtl.ToTimeSpan();

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
