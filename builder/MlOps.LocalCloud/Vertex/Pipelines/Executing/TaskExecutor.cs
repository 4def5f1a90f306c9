using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Vertex.Jobs.Serving;
using MlOps.LocalCloud.Vertex.Pipelines.GoogleComponents;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Tables;
using MlOps.LocalCloud.Vertex.Running;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>How an attempt ended, and what is to be tidied up once that is written down.</summary>
internal sealed record Attempted(Outcome Outcome, Func<Task> CleanUpAsync)
{
    public static Attempted With(Outcome outcome) => new(outcome, () => Task.CompletedTask);
}

/// <summary>Carries out attempts at tasks, over all runs: bounded, with the cache asked first.</summary>
/// <param name="same">Finds an artifact of a location that is the same as another.</param>
internal sealed class TaskExecutor(VertexOptions options, EngineAccess access, CacheTable cached, RecordedArtifacts recorded, JobDesk jobs, Func<string, Artifact, Artifact?> same, CancellationToken abandon) : IDisposable
{
    private readonly SemaphoreSlim _room = new(Math.Max(1, options.MaxParallel));
    private readonly TaskCache _cache = new(cached, new ContentIdentity(options.StorageFolder));

    /// <summary>Carries out one attempt. It never throws, unless the cloud is being stopped: then the attempt is let go of.</summary>
    /// <param name="images">The run's images.</param>
    /// <param name="leftBehind">The container of this attempt that an earlier process has left; null for a fresh attempt.</param>
    /// <param name="resumed">An earlier process may have begun this attempt.</param>
    /// <param name="started">Told when it really starts, and what.</param>
    public async Task<Attempted> RunAsync(TaskRequest request, ImageSource images, string? leftBehind, bool resumed, Action<ContainerUse?> started, CancellationToken cancel)
    {
        try
        {
            return request.Executor switch
            {
                Executor.Container component when Launcher.ModuleOf(component) is { } module => await GoogleAsync(request, component, module, resumed, started, cancel),
                Executor.Container beam when TfxRequest.Of(request, beam) is { } remote => Attempted.With(Outcome.Failed(StatusCode.Unimplemented, remote.Told(request.Task.Name))),
                Executor.Container container => await ContainerAsync(request, container, images, leftBehind, resumed, started, cancel),
                Executor.Importer importer => Attempted.With(ImporterTask.Run(request, importer, same)),
                Executor.Resolver resolver => Attempted.With(ResolverTask.Run(request, resolver, recorded)),
                Executor.Unsupported other => Attempted.With(Outcome.Failed(StatusCode.Unimplemented, $"The local cloud does not run tasks of the kind '{other.Kind}'.")),
                _ => Attempted.With(Outcome.Failed(StatusCode.Unimplemented, "The local cloud does not run this kind of task.")),
            };
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && !abandon.IsCancellationRequested)
        {
            return Attempted.With(Outcome.Cancelled);
        }
        catch (TaskFaultException fault)
        {
            return Attempted.With(Outcome.Failed(StatusCode.FailedPrecondition, $"The task '{request.Task.Name}' failed. {fault.Message}"));
        }
        catch (MachineLacksException error)
        {
            return Attempted.With(Outcome.Failed(StatusCode.FailedPrecondition, $"The task '{request.Task.Name}' cannot run: {error.Message}"));
        }
        catch (Exception error) when (!abandon.IsCancellationRequested)
        {
            // Whatever goes wrong in one task ends that task, never the cloud.
            return Attempted.With(Outcome.Failed(StatusCode.Internal, $"The task '{request.Task.Name}' failed: {error.Message}", retryable: true));
        }
    }

    public void Dispose() => _room.Dispose();

    private async Task<Attempted> ContainerAsync(
        TaskRequest request, Executor.Container container, ImageSource images, string? leftBehind, bool resumed, Action<ContainerUse?> started, CancellationToken cancel)
    {
        var task = new ContainerTask(options, access, images, request, container, leftBehind, abandon);
        try
        {
            // What a driver looks up may have changed: such a task is not the same twice.
            var fingerprint = request.Caching.Enabled && container.Driver is null ? await FingerprintAsync(request, container, task.Image, images, cancel) : null;
            if (fingerprint is not null && leftBehind is null && await _cache.FindAsync(fingerprint, cancel) is { } hit)
            {
                return Attempted.With(hit);
            }

            await _room.WaitAsync(cancel);
            try
            {
                started(await UseAsync(task, resumed, cancel));
                var outcome = (resumed ? await task.PickUpAsync(cancel) : null) ?? await task.RunAsync(cancel);
                await KeepAsync(fingerprint, outcome with { Execution = ArtifactIds.Execution(request.Run, request.Task.Id) });
                return new Attempted(outcome, task.CleanUpAsync);
            }
            finally
            {
                _room.Release();
            }
        }
        catch when (!abandon.IsCancellationRequested)
        {
            await task.CleanUpAsync();
            throw;
        }
    }

    /// <summary>An attempt that an earlier process began is gone on with even where its image can no longer be told.</summary>
    private static async Task<ContainerUse?> UseAsync(ContainerTask task, bool resumed, CancellationToken cancel)
    {
        try
        {
            return await task.UseAsync(cancel);
        }
        catch (Exception error) when (resumed && error is TaskFaultException or MachineLacksException)
        {
            return null;
        }
    }

    // The job has room of its own, and no image of the launcher's is needed: for the cache its name is what it does.
    private async Task<Attempted> GoogleAsync(TaskRequest request, Executor.Container component, string module, bool resumed, Action<ContainerUse?> started, CancellationToken cancel)
    {
        var fingerprint = request.Caching.Enabled ? await _cache.FingerprintAsync(request, component, component.Image, cancel) : null;
        if (fingerprint is not null && !resumed && await _cache.FindAsync(fingerprint, cancel) is { } hit)
        {
            return Attempted.With(hit);
        }

        started(null);
        var outcome = await new GoogleTask(options, jobs, request, abandon).RunAsync(module, component, cancel);
        await KeepAsync(fingerprint, outcome with { Execution = ArtifactIds.Execution(request.Run, request.Task.Id) });
        return Attempted.With(outcome);
    }

    private Task KeepAsync(string? fingerprint, Outcome outcome) =>
        fingerprint is not null && outcome.Kind == OutcomeKind.Succeeded ? _cache.KeepAsync(fingerprint, outcome, CancellationToken.None) : Task.CompletedTask;

    private async Task<string> FingerprintAsync(TaskRequest request, Executor.Container container, string name, ImageSource images, CancellationToken cancel)
    {
        var (engine, _) = await access.GetAsync(cancel);
        var image = await images.FindAsync(engine, name).WaitAsync(cancel);
        return await _cache.FingerprintAsync(request, container, image.Identity, cancel);
    }
}
