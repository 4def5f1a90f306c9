using System.Collections.Immutable;
using System.Net;
using Docker.DotNet;
using Google.Protobuf;
using MlOps.Containers;
using MlOps.Containers.Running;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Vertex.Running;

namespace MlOps.LocalCloud.Vertex.Jobs.Work;

internal enum WorkState
{
    Succeeded,
    Failed,
    Cancelled,
}

/// <summary>How a cluster ended.</summary>
/// <param name="Message">Why it failed, with the failing replica's last lines; empty for a success.</param>
/// <param name="Metrics">What the primary replica wrote into the metric file; null where it wrote none.</param>
internal sealed record WorkEnd(WorkState State, string Message, string? Metrics, Func<Task> CleanUpAsync);

/// <summary>
/// Runs the containers of one <see cref="WorkRequest"/> side by side. The primary replica's end is the end of all; another
/// one's failure too. Cancelling stops them; when the cloud stops they are only let go of.
/// </summary>
internal sealed class ClusterRun(JobServices services, WorkRequest request, ImageSource images, LeftBehind leftBehind)
{
    private readonly Cluster _cluster = new(request, services.Options.Instance);
    private readonly BucketMounts _buckets = new(services.Options, Path.Combine(services.Options.StateFolder, "work", request.Path), JsonFormatter.Default.Format(request.Spec));
    private ImmutableArray<string> _containers = [];
    private bool _copies;

    /// <param name="began">When an earlier process began it; null for a fresh run.</param>
    /// <param name="started">Told once all replicas run.</param>
    /// <exception cref="TaskFaultException">A container cannot be made or started.</exception>
    public async Task<WorkEnd> RunAsync(DateTimeOffset? began, Action started, CancellationToken cancel)
    {
        var (engine, surroundings) = await services.Access.GetAsync(cancel);
        var left = request.Replicas.Select(replica => leftBehind.Find(request.Job, request.Trial, replica.Name)).ToImmutableArray();
        if (began is not null && left.Any(container => container is null))
        {
            return new WorkEnd(WorkState.Failed, "Its containers are gone: they were removed while the local cloud was not running.", Metrics: null, () => leftBehind.RemoveAsync(services, request.Job, request.Trial));
        }

        try
        {
            if (began is null)
            {
                await leftBehind.RemoveAsync(services, request.Job, request.Trial);
                await StartAsync(engine, surroundings, cancel);
                started();
            }
            else
            {
                _containers = [.. left.Select(container => container!)];
                _copies = (await engine.Containers.InspectAsync(_containers[0], cancel))?.Mounts is null or { Count: 0 };
            }

            return await FollowAsync(engine, began ?? services.Options.Time.GetUtcNow(), cancel);
        }
        catch when (!services.Stopping.IsCancellationRequested)
        {
            await CleanUpAsync();
            throw;
        }
    }

    private async Task CleanUpAsync()
    {
        var (engine, _) = await services.Access.GetAsync(CancellationToken.None);
        await Task.WhenAll(_containers.Select(container => engine.Containers.RemoveAsync(container, CancellationToken.None)));
        if (request.Replicas.Length > 1)
        {
            await engine.Networks.RemoveLabelledAsync(WorkLabels.Job, request.Path, CancellationToken.None);
        }

        _buckets.Remove();
    }

    private async Task StartAsync(ContainerEngine engine, ContainerSurroundings surroundings, CancellationToken cancel)
    {
        _buckets.Prepare(request.OutputFolder);
        var network = await NetworkAsync(engine, surroundings, cancel);
        foreach (var replica in request.Replicas)
        {
            var spec = await SpecAsync(engine, replica, surroundings with { Network = network }, cancel);
            var container = await CreateAsync(engine, spec, replica, pulled: false, cancel);
            _containers = _containers.Add(container);
            if (_copies)
            {
                await _buckets.SendAsync(engine, container, cancel);
            }
        }

        try
        {
            await Task.WhenAll(_containers.Select(container => engine.Containers.StartAsync(container, cancel)));
        }
        catch (StepFailedException error)
        {
            throw new TaskFaultException(error.Message, error);
        }
    }

    // Replicas find each other by name, which the engine's default network does not offer.
    private async Task<string?> NetworkAsync(ContainerEngine engine, ContainerSurroundings surroundings, CancellationToken cancel)
    {
        if (surroundings.Network is not null || request.Replicas.Length == 1)
        {
            return surroundings.Network;
        }

        var name = $"cmle-training-{request.Unique(services.Options.Instance)}";
        await engine.Networks.EnsureAsync(name, ImmutableDictionary<string, string>.Empty.Add(WorkLabels.Cloud, services.Options.Instance).Add(WorkLabels.Job, request.Path), cancel);
        return name;
    }

    private async Task<ContainerSpec> SpecAsync(ContainerEngine engine, Replica replica, ContainerSurroundings surroundings, CancellationToken cancel)
    {
        var (entrypoint, command) = _cluster.Command(replica);
        return new ContainerSpec((await images.FindAsync(engine, replica.Image).WaitAsync(cancel)).Name)
        {
            Name = _cluster.Host(replica),
            Entrypoint = entrypoint,
            Command = command,
            Environment = surroundings.Environment.SetItems(_cluster.Environment(replica)),
            Mounts = _buckets.Mounts(),
            Network = surroundings.Network,
            Labels = WorkLabels.Of(services.Options.Instance, request.Job, request.Trial, replica.Name),
        };
    }

    // The engine is asked first and its refusals acted upon, as for pipelines' tasks.
    private async Task<string> CreateAsync(ContainerEngine engine, ContainerSpec spec, Replica replica, bool pulled, CancellationToken cancel)
    {
        _copies = !services.Access.SharesFiles;
        try
        {
            return await engine.Containers.CreateAsync(_copies ? spec with { Mounts = [] } : spec, cancel);
        }
        catch (StepFailedException error) when (error.InnerException is DockerApiException { StatusCode: HttpStatusCode.NotFound } && !pulled)
        {
            await images.PullAsync(engine, replica.Image, cancel);
            return await CreateAsync(engine, spec, replica, pulled: true, cancel);
        }
        catch (StepFailedException error) when (!_copies && error.Message.Contains("bind source path does not exist", StringComparison.Ordinal))
        {
            services.Access.SharesFiles = false;
            return await CreateAsync(engine, spec, replica, pulled, cancel);
        }
        catch (StepFailedException error)
        {
            throw new TaskFaultException(error.Message, error);
        }
    }

    private async Task<WorkEnd> FollowAsync(ContainerEngine engine, DateTimeOffset began, CancellationToken cancel)
    {
        var logs = Path.Combine(services.Options.StateFolder, "logs", request.Path);
        var watches = request.Replicas.Zip(_containers, (replica, container) => new ReplicaWatch(engine, replica, container, Path.Combine(logs, $"{replica.Name}.log"), services.Options.Time, services.Stopping)).ToList();
        try
        {
            var isLate = !await DecidedAsync(watches, began, cancel);
            var failed = watches.FirstOrDefault(watch => watch.Ended is { IsCompletedSuccessfully: true, Result.IsSuccess: false });
            await Task.WhenAll(watches.Select(watch => watch.StopAsync()));
            await FetchAsync(engine, watches);
            var (state, message) = (isLate, failed) switch
            {
                _ when cancel.IsCancellationRequested => (WorkState.Cancelled, ""),
                (true, _) => (WorkState.Failed, watches[0].Log.Under($"The job ran longer than its timeout of {request.Timeout.TotalSeconds:0.###}s and was stopped.")),
                (_, { } replica) => (WorkState.Failed, Failure(replica)),
                _ => (WorkState.Succeeded, ""),
            };
            return new WorkEnd(state, message, request.Trial.Length > 0 ? await MetricsAsync(engine) : null, CleanUpAsync);
        }
        finally
        {
            watches.ForEach(watch => watch.Dispose());
        }
    }

    /// <summary>Returns once the cluster's end is decided, or it is cancelled.</summary>
    /// <returns>False: the time is over.</returns>
    private async Task<bool> DecidedAsync(List<ReplicaWatch> watches, DateTimeOffset began, CancellationToken cancel)
    {
        var left = began + request.Timeout - services.Options.Time.GetUtcNow();
        using var timeout = new CancellationTokenSource(left > TimeSpan.Zero ? left < Longest ? left : Longest : TimeSpan.Zero, services.Options.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            var running = watches.ToList();
            while (running.Count > 0)
            {
                await Task.WhenAny(running.Select(watch => watch.Ended)).WaitAsync(stop.Token);
                if (running.Any(watch => watch.Ended.IsCompleted && (watch.Replica.IsPrimary || !watch.Ended.IsCompletedSuccessfully || !watch.Ended.Result.IsSuccess)))
                {
                    return true;
                }

                running.RemoveAll(watch => watch.Ended.IsCompleted);
            }

            return true;
        }
        catch (OperationCanceledException) when (!services.Stopping.IsCancellationRequested)
        {
            return cancel.IsCancellationRequested;
        }
    }

    // Timers go no further than this.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    // Vertex AI's words, and the last lines that it would have sent people to the log for.
    private static string Failure(ReplicaWatch watch)
    {
        var exit = watch.Ended.Result;
        return watch.Log.Under($"The replica {watch.Replica.Name} exited with a non-zero status of {exit.Code}. Termination reason: {(exit.OutOfMemory ? "OOMKilled" : "Error")}.");
    }

    private async Task FetchAsync(ContainerEngine engine, List<ReplicaWatch> watches)
    {
        if (_copies)
        {
            foreach (var watch in watches)
            {
                await _buckets.FetchAsync(engine, watch.Container, watch.Replica.Name);
            }
        }
        else
        {
            await _buckets.ImportAsync();
        }
    }

    private async Task<string?> MetricsAsync(ContainerEngine engine)
    {
        var file = Path.Combine(services.Options.StateFolder, "work", $"{request.Path}.metrics");
        if (!await engine.Containers.CopyOutAsync(_containers[0], Cluster.MetricFile, file, CancellationToken.None))
        {
            return null;
        }

        var text = await File.ReadAllTextAsync(file, CancellationToken.None);
        File.Delete(file);
        return text;
    }
}
