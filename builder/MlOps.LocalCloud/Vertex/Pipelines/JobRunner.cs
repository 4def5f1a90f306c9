using System.Collections.Immutable;
using System.Threading.Channels;
using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Vertex.Metadata;
using MlOps.LocalCloud.Vertex.Pipelines.Executing;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Serving;
using MlOps.LocalCloud.Vertex.Pipelines.Tables;
using MlOps.LocalCloud.Vertex.Running;

namespace MlOps.LocalCloud.Vertex.Pipelines;

/// <summary>What all runs share.</summary>
internal sealed record RunnerServices(VertexOptions Options, JobTable Jobs, RunRecorder Recorder, TaskExecutor Executor, CancellationToken Stopping);

/// <summary>One run: takes events one after another, writes each down, and does what follows from it.</summary>
internal sealed class JobRunner
{
    /// <summary>The engine makes no container while it removes one: the next task's goes first.</summary>
    private static readonly TimeSpan RemovalWaits = TimeSpan.FromMilliseconds(150);

    private readonly RunnerServices _services;
    private readonly PipelineJob _job;
    private readonly RunFacts _facts;
    private readonly PipelineRun _run;
    private readonly ImageSource _images;
    private readonly Channel<(RunEvent Happened, Func<Task>? CleanUpAsync)> _inbox = Channel.CreateUnbounded<(RunEvent, Func<Task>?)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<long, CancellationTokenSource> _running = [];
    private readonly List<Task> _attempts = [];
    private readonly List<Task> _tidying = [];
    private readonly Lock _lock = new();
    private DateTimeOffset _updated;
    private int _events;

    public JobRunner(RunnerServices services, PipelineJob job, RunFacts facts, PipelineRun run)
    {
        (_services, _job, _facts, _run) = (services, job, facts, run);
        _images = new ImageSource(services.Options.ToEngineName);
        _updated = facts.CreateTime;
    }

    /// <summary>The job as it is now.</summary>
    public PipelineJob Describe(bool detail)
    {
        lock (_lock)
        {
            return JobDescription.Of(_job, _facts, _run, _updated, detail);
        }
    }

    public void Cancel() => _inbox.Writer.TryWrite((new RunEvent.CancelRequested(Now), null));

    /// <summary>Runs to the end, or until the cloud is stopped.</summary>
    /// <param name="past">What happened before a restart; empty for a new run.</param>
    /// <param name="leftBehind">Containers of earlier processes, by <see cref="TaskLabels.Key(string, long, int)"/>.</param>
    public async Task RunAsync(IReadOnlyList<RunEvent> past, IReadOnlyDictionary<string, string> leftBehind)
    {
        foreach (var effect in Replay(past))
        {
            Perform(effect, leftBehind, resumed: true, Task.CompletedTask);
        }

        if (!_run.HasBegun)
        {
            Take(new RunEvent.Began(Now));
        }

        try
        {
            while (!_run.Root.IsFinal)
            {
                var (happened, cleanUp) = await _inbox.Reader.ReadAsync(_services.Stopping);
                Take(happened, cleanUp);
            }
        }
        finally
        {
            await Task.WhenAll(_attempts.Concat(_tidying));
        }

        var last = Describe(detail: true);
        _services.Jobs.End(last);
    }

    private DateTimeOffset Now => _services.Options.Time.GetUtcNow();

    // What earlier events asked for and no later event answered is still to be done.
    private List<RunEffect> Replay(IReadOnlyList<RunEvent> past)
    {
        var starts = new Dictionary<long, RunEffect>();
        var stops = new List<RunEffect>();
        foreach (var effect in past.SelectMany(_run.Apply))
        {
            if (effect is RunEffect.Start)
            {
                starts[effect.Task.Id] = effect;
            }
            else
            {
                stops.Add(effect);
            }
        }

        _events = past.Count;
        _updated = past.Count > 0 ? past[^1].Time : _updated;

        // The last process may have ended between an event and its record.
        Record(_run.Nodes);
        return [.. starts.Values.Concat(stops).Where(effect => !effect.Task.IsFinal)];
    }

    private void Take(RunEvent happened, Func<Task>? cleanUp = null)
    {
        _services.Jobs.Append(_job.Name, ++_events, happened);

        IReadOnlyList<RunEffect> effects;
        lock (_lock)
        {
            _updated = happened.Time;
            effects = _run.Apply(happened);
        }

        // What the attempt leaves is removed once its end is written down, and before the task is tried again.
        var pause = effects.Any(effect => effect is RunEffect.Start { Attempt: 1 }) ? RemovalWaits : TimeSpan.Zero;
        var tidied = cleanUp is null ? Task.CompletedTask : TidyAsync(cleanUp, pause);
        _tidying.Add(tidied);

        if (happened is RunEvent.TaskEnded ended && _running.Remove(ended.Task, out var over))
        {
            over.Dispose();
        }

        // Containers stop before anything is written down; what starts may ask for what is.
        Perform(effects.OfType<RunEffect.Stop>(), tidied);
        Record(_run.Moved);
        Perform(effects.OfType<RunEffect.Start>(), tidied);
    }

    private void Perform(IEnumerable<RunEffect> effects, Task tidied)
    {
        foreach (var effect in effects)
        {
            Perform(effect, ImmutableDictionary<string, string>.Empty, resumed: false, tidied);
        }
    }

    private void Record(IReadOnlyCollection<TaskNode> nodes)
    {
        if (nodes.Count > 0)
        {
            _services.Recorder.Record(RunRecord.Of(_job, _facts, _run, nodes));
        }
    }

    private void Perform(RunEffect effect, IReadOnlyDictionary<string, string> leftBehind, bool resumed, Task tidied)
    {
        switch (effect)
        {
            case RunEffect.Start start:
                var stop = _running[start.Task.Id] = CancellationTokenSource.CreateLinkedTokenSource(_services.Stopping);
                var request = TaskRequest.Of(_facts, start.Task, start.Attempt);
                var container = leftBehind.GetValueOrDefault(TaskLabels.Key(_job.Name, start.Task.Id, start.Attempt));
                _attempts.Add(AttemptAsync(start, request, container, resumed, start.Attempt > 1 ? tidied : Task.CompletedTask, stop.Token));
                break;
            case RunEffect.Stop when _running.TryGetValue(effect.Task.Id, out var running):
                running.Cancel();
                break;
        }
    }

    private async Task AttemptAsync(RunEffect.Start start, TaskRequest request, string? leftBehind, bool resumed, Task tidied, CancellationToken stop)
    {
        // Off the run's own loop: another task must not wait until this one's image is found.
        await Task.Yield();
        try
        {
            await tidied;
            await PauseAsync(start.NotBefore, stop);
            void Started(ContainerUse? use) => _inbox.Writer.TryWrite((new RunEvent.TaskStarted(Now, request.Task.Id, request.Attempt, use), null));
            var (outcome, cleanUp) = await _services.Executor.RunAsync(request, _images, leftBehind, resumed, Started, stop);
            _inbox.Writer.TryWrite((new RunEvent.TaskEnded(Now, request.Task.Id, request.Attempt, outcome), cleanUp));
        }
        catch (OperationCanceledException) when (!_services.Stopping.IsCancellationRequested)
        {
            _inbox.Writer.TryWrite((new RunEvent.TaskEnded(Now, request.Task.Id, request.Attempt, Outcome.Cancelled), null));
        }
        catch (Exception) when (_services.Stopping.IsCancellationRequested)
        {
            // The cloud is being stopped: the next one picks the task up.
        }
    }

    private async Task PauseAsync(DateTimeOffset until, CancellationToken stop)
    {
        if (until - Now is { Ticks: > 0 } pause)
        {
            await Task.Delay(pause, _services.Options.Time, stop);
        }
    }

    private async Task TidyAsync(Func<Task> cleanUp, TimeSpan pause)
    {
        if (pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, _services.Options.Time, _services.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            await cleanUp();
        }
        catch (Exception)
        {
            // A container that stays behind goes with the cloud's label; the run is what it is.
        }
    }
}
