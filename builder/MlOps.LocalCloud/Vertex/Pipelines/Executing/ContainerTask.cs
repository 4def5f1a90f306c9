using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Docker.DotNet;
using MlOps.Containers;
using MlOps.Containers.Running;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Running;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>
/// One attempt at a container task, from the making of its container to its outputs in Storage. Cancelling stops the
/// container; <c>abandon</c> only lets go of it, for the next process to pick up.
/// </summary>
internal sealed class ContainerTask(VertexOptions options, EngineAccess access, ImageSource images, TaskRequest request, Executor.Container executor, string? leftBehind, CancellationToken abandon)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private readonly ExecutorInput _input = request.ExecutorInput();
    private readonly AttemptFolder _folder = new(options, request);
    private string? _container = leftBehind;
    private bool _copies;
    private bool _pulled;

    private TaskPlaceholders Placeholders => new(request.Run, request.Task, request.Component, _input);

    private ContainerArguments Arguments => new(Placeholders);

    /// <summary>The image after its expressions, as it stands in the pipeline.</summary>
    public string Image => Arguments.Text(executor.Image);

    /// <summary>What a fresh container is made of.</summary>
    /// <exception cref="TaskFaultException">The image cannot be had, or an expression has no value.</exception>
    public async Task<ContainerUse> UseAsync(CancellationToken cancel)
    {
        var (engine, _) = await access.GetAsync(cancel);
        var image = await images.FindAsync(engine, Image).WaitAsync(cancel);
        return new ContainerUse(Image, image.Digest, image.Id, Arguments.Expand(executor.Command), Arguments.Expand(executor.Args));
    }

    /// <summary>Runs a fresh container.</summary>
    /// <exception cref="TaskFaultException">It cannot be made, or its outputs cannot be taken.</exception>
    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        var (engine, surroundings) = await access.GetAsync(cancel);
        var spec = await SpecAsync(engine, surroundings, cancel);
        _folder.Prepare();
        if (executor.Driver is { } driver && await DriveAsync(engine, spec, driver, cancel) is { } ended)
        {
            return ended;
        }

        await CreateAsync(engine, spec, cancel);
        try
        {
            if (_copies)
            {
                await _folder.SendAsync(engine, _container!, cancel);
            }

            await engine.Containers.StartAsync(_container!, cancel);
        }
        catch (StepFailedException error)
        {
            throw new TaskFaultException(error.Message, error);
        }

        return await FollowAsync(engine, cancel);
    }

    /// <summary>Runs what goes before the container, in the same image and with the same folder for its outputs.</summary>
    /// <returns>Null: it succeeded.</returns>
    private async Task<Outcome?> DriveAsync(ContainerEngine engine, ContainerSpec spec, ContainerHook driver, CancellationToken cancel)
    {
        var (command, args) = (Arguments.Expand(driver.Command), Arguments.Expand(driver.Args));
        await CreateAsync(engine, spec with { Entrypoint = command.IsEmpty ? null : command, Command = args.IsEmpty ? null : args, Labels = TaskLabels.Driver(options.Instance, request.Run.JobName) }, cancel);
        try
        {
            if (_copies)
            {
                await _folder.SendAsync(engine, _container!, cancel);
            }

            await engine.Containers.StartAsync(_container!, cancel);
            using var log = new TaskLog(Path.ChangeExtension(_folder.LogPath, ".driver.log"));
            var exit = await EndAsync(engine, log, cancel);
            if (_copies && exit is { IsSuccess: true })
            {
                await _folder.FetchAsync(engine, _container!);
            }

            return exit is null ? Outcome.Cancelled : exit.IsSuccess ? null : Failure(exit, log, "The driver of the task");
        }
        catch (StepFailedException error)
        {
            throw new TaskFaultException(error.Message, error);
        }
        finally
        {
            if (!abandon.IsCancellationRequested)
            {
                await engine.Containers.RemoveAsync(_container!, CancellationToken.None);
                _container = null;
            }
        }
    }

    /// <summary>Goes on with the container that an earlier process of this cloud has left; null where it never started one.</summary>
    /// <exception cref="TaskFaultException">Its outputs cannot be taken.</exception>
    public async Task<Outcome?> PickUpAsync(CancellationToken cancel)
    {
        if (_folder.Interrupted() is { } record)
        {
            await _folder.ImportAsync(record, CancellationToken.None);
            return record.Outcome;
        }

        if (_container is null)
        {
            return null;
        }

        var (engine, _) = await access.GetAsync(cancel);
        if (await engine.Containers.InspectAsync(_container, cancel) is { State.Status: not ("created" or "removing") } found)
        {
            _copies = found.Mounts is null or { Count: 0 };
            return await FollowAsync(engine, cancel);
        }

        await engine.Containers.RemoveAsync(_container, cancel);
        _container = null;
        return null;
    }

    /// <summary>Removes the container and what is left of the folder; to be called once the outcome is safe.</summary>
    public async Task CleanUpAsync()
    {
        if (_container is not null)
        {
            var (engine, _) = await access.GetAsync(CancellationToken.None);
            await engine.Containers.RemoveAsync(_container, CancellationToken.None);
        }

        _folder.Remove();
    }

    private async Task<Outcome> FollowAsync(ContainerEngine engine, CancellationToken cancel)
    {
        using var log = new TaskLog(_folder.LogPath);
        if (await EndAsync(engine, log, cancel) is not { } exit)
        {
            return Outcome.Cancelled;
        }

        if (_copies && exit.IsSuccess)
        {
            await _folder.FetchAsync(engine, _container!);
        }

        return exit.IsSuccess ? await SuccessAsync(log) : Failure(exit, log, "The task");
    }

    /// <summary>Follows the container to its end.</summary>
    /// <returns>Null: it was stopped, for the task is cancelled.</returns>
    private async Task<ContainerExit?> EndAsync(ContainerEngine engine, TaskLog log, CancellationToken cancel)
    {
        var lines = LinesAsync(engine, log);
        var waiting = engine.Containers.WaitAsync(_container!, abandon);
        try
        {
            await waiting.WaitAsync(cancel);
        }
        catch (OperationCanceledException) when (!abandon.IsCancellationRequested)
        {
            await engine.Containers.StopAsync(_container!, Grace, abandon);
            await waiting;
            await lines;
            return null;
        }

        var exit = await waiting;
        await lines;
        return exit;
    }

    private async Task LinesAsync(ContainerEngine engine, TaskLog log)
    {
        try
        {
            await engine.Containers.FollowAsync(_container!, log.Add, abandon);
        }
        catch (DockerApiException)
        {
            // Somebody else removed the container; how it ended is told all the same.
        }
    }

    private async Task<Outcome> SuccessAsync(TaskLog log)
    {
        try
        {
            var outputs = OutputReading.Read(request.Component, _input, _folder.Outputs);
            var outcome = Outcome.Succeeded(outputs with { Artifacts = ArtifactIds.Given(request, outputs.Artifacts) });
            foreach (var left in _folder.LeftOut())
            {
                log.Add(new LogLine(IsError: true, $"The local cloud left out '{left}' of the outputs: Storage keeps files, no links, pipes or sockets."));
            }

            await _folder.ImportAsync(_folder.Record(outcome), CancellationToken.None);
            return outcome;
        }
        catch (TaskFaultException fault)
        {
            return Outcome.Failed(StatusCode.FailedPrecondition, log.Under($"The task '{request.Task.Name}' failed. {fault.Message}"), retryable: true);
        }
    }

    private Outcome Failure(ContainerExit exit, TaskLog log, string what)
    {
        var limit = exit.OutOfMemory && executor.Limits.Memory is { } memory ? $" (limit {memory})" : "";
        var message = log.Under($"{what} '{request.Task.Name}' ended with {exit}{limit}.");
        return Outcome.Failed(exit.OutOfMemory ? StatusCode.ResourceExhausted : StatusCode.FailedPrecondition, message, retryable: true);
    }

    // The engine is asked first and its refusals acted upon: what is there already costs no second call.
    private async Task CreateAsync(ContainerEngine engine, ContainerSpec spec, CancellationToken cancel)
    {
        _copies = !access.SharesFiles;
        try
        {
            _container = await engine.Containers.CreateAsync(_copies ? spec with { Mounts = [] } : spec, cancel);
        }
        catch (StepFailedException error) when (error.InnerException is DockerApiException { StatusCode: HttpStatusCode.NotFound } && !_pulled)
        {
            _pulled = true;
            await images.PullAsync(engine, Image, cancel);
            await CreateAsync(engine, spec, cancel);
        }
        catch (StepFailedException error) when (!_copies && error.Message.Contains("bind source path does not exist", StringComparison.Ordinal))
        {
            access.SharesFiles = false;
            await CreateAsync(engine, spec, cancel);
        }
        catch (StepFailedException error)
        {
            throw new TaskFaultException(error.Message, error);
        }
    }

    private async Task<ContainerSpec> SpecAsync(ContainerEngine engine, ContainerSurroundings surroundings, CancellationToken cancel)
    {
        var arguments = Arguments;
        var (command, args) = (arguments.Expand(executor.Command), arguments.Expand(executor.Args));
        return new ContainerSpec((await images.FindAsync(engine, Image).WaitAsync(cancel)).Name)
        {
            Entrypoint = command.IsEmpty ? null : command,
            Command = args.IsEmpty ? null : args,
            Environment = surroundings.Environment.SetItems(arguments.Environment(executor.Environment)),
            Mounts = _folder.Mounts(),
            Network = surroundings.Network,
            Cpus = executor.Limits.Cpu is { } cpu ? Math.Min(ResourceAmount.Parse("CPU", arguments.Text(cpu)), await access.CoresAsync(engine, cancel)) : null,
            MemoryBytes = executor.Limits.Memory is { } memory ? (long)ResourceAmount.Parse("memory", arguments.Text(memory)) : null,
            Labels = Labels(),
        };
    }

    private ImmutableDictionary<string, string> Labels() => TaskLabels.Of(options.Instance, request.Run.JobName, request.Task.Id, request.Attempt);
}

/// <summary>The labels by which a task's container is found again.</summary>
internal static class TaskLabels
{
    public const string Cloud = "mlops.cloud";
    public const string Job = "mlops.pipeline.job";
    private const string Task = "mlops.pipeline.task";
    private const string DriverOf = "mlops.pipeline.driver";
    private const string Attempt = "mlops.pipeline.attempt";

    public static ImmutableDictionary<string, string> Of(string instance, string job, long task, int attempt) => ImmutableDictionary<string, string>.Empty
        .Add(Cloud, instance).Add(Job, job).Add(Task, task.ToString(CultureInfo.InvariantCulture)).Add(Attempt, attempt.ToString(CultureInfo.InvariantCulture));

    /// <summary>Of what goes before a task's container: it is not found again.</summary>
    public static ImmutableDictionary<string, string> Driver(string instance, string job) => ImmutableDictionary<string, string>.Empty.Add(Cloud, instance).Add(DriverOf, job);

    public static bool IsDriver(IDictionary<string, string> labels) => labels.ContainsKey(DriverOf);

    /// <summary>Names an attempt in a few words, the same from its labels and from its numbers.</summary>
    public static string? Key(IDictionary<string, string> labels) =>
        labels.TryGetValue(Job, out var job) && labels.TryGetValue(Task, out var task) && labels.TryGetValue(Attempt, out var attempt) ? $"{job} {task} {attempt}" : null;

    public static string Key(string job, long task, int attempt) => string.Create(CultureInfo.InvariantCulture, $"{job} {task} {attempt}");
}
