using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.Google.Registry;
using MlOps.Google.Storage;
using MlOps.Steps.Project;
using MlOps.Steps.Run;

namespace MlOps.Steps.Debug;

/// <summary>How a task ended that was run again.</summary>
/// <param name="Job">The job in which it ran again.</param>
/// <param name="Error">Its message, with its last lines, where it failed.</param>
public sealed record DebugOutcome(RecordedTask Task, string Job, string State, string? Error, ImmutableArray<ComparedOutput> Outputs)
{
    public bool Succeeded => State == "SUCCEEDED";

    public JsonObject ToJson() => new()
    {
        ["task"] = Task.Name,
        ["image"] = Task.Image,
        ["then"] = RunOutcome.StateName(Task.Detail.State),
        ["now"] = State,
        ["job"] = Job,
        ["error"] = Error,
        ["outputs"] = new JsonArray([.. Outputs.Select(output => (JsonNode?)output.ToJson())]),
    };
}

/// <summary>A task of a run on record, run again on this machine: what it was given is brought here first where it is elsewhere.</summary>
/// <param name="source">Where the run is.</param>
/// <param name="machine">The local cloud of this machine.</param>
public sealed class DebugRun(DeliveryEnvironment environment, GcpEndpoint source, GcpEndpoint machine, TimeProvider time)
{
    private static readonly DeliveryEnvironment Here = DeliveryEnvironment.Local;

    /// <param name="run">A job id or a whole name <c>projects/P/locations/L/pipelineJobs/ID</c>.</param>
    /// <exception cref="InvalidInputException">There is no such run or task.</exception>
    public async Task<RecordedTask> FindAsync(string run, string task, CancellationToken cancel)
    {
        using var jobs = new Jobs(source, environment);
        var job = run.Contains('/', StringComparison.Ordinal) ? await jobs.GetAsync(run, cancel) : await jobs.FindAsync(run, cancel);
        return job is null ? throw await UnknownAsync(jobs, run, cancel) : RecordedTask.Find(job, task);
    }

    /// <summary>Brings the image and the input artifacts to this machine; nothing where the run is here.</summary>
    public async Task BringAsync(RecordedTask task, Action<string> line, CancellationToken cancel)
    {
        if (source == machine)
        {
            return;
        }

        if (ImageReference.TryParse(task.Image, out var image) && image.IsPinned && GcpEndpoint.IsGoogleRegistry(image.Host))
        {
            line($"bringing {image}");
            await ImageCopy.RunAsync(new RegistryClient(source), new RegistryClient(machine), image, image, CopyOptions.Default with { Referrers = false }, cancel);
        }

        var (from, to) = (new StorageClient(source), new StorageClient(machine));
        foreach (var uri in task.Detail.Inputs.Values.SelectMany(list => list.Artifacts).Select(artifact => artifact.Uri).Distinct(StringComparer.Ordinal))
        {
            line($"bringing {uri}");
            await ArtifactFiles.CopyAsync(from, to, Here.Project, Here.Region, uri, cancel);
        }
    }

    /// <summary>Starts it on this machine.</summary>
    /// <param name="waitBefore">Null: as it is; else waiting for somebody with a shell, see <see cref="SingleTask.Of"/>.</param>
    /// <returns>The job's name.</returns>
    public async Task<string> StartAsync(RecordedTask task, IReadOnlyList<string>? waitBefore, TimeSpan timeout, CancellationToken cancel)
    {
        var request = SingleTask.Of(task, waitBefore, timeout);
        using var jobs = new Jobs(machine, Here);
        return (await jobs.CreateAsync(JobId.Unique(request.DisplayName, time), request, cancel)).Name;
    }

    /// <summary>Waits for the end of what <see cref="StartAsync"/> began, and compares.</summary>
    public async Task<DebugOutcome> EndAsync(RecordedTask task, string job, TimeSpan timeout, CancellationToken cancel)
    {
        using var jobs = new Jobs(machine, Here);
        var ended = await PipelineWait.UntilEndAsync(jobs, job, timeout, _ => { }, _ => { }, time, cancel);
        var again = ended.JobDetail.TaskDetails.FirstOrDefault(detail => detail.TaskName == SingleTask.TaskName);
        var error = again?.Error?.Message ?? (ended.State == PipelineState.Succeeded ? null : ended.Error?.Message);
        var outputs = ended.State == PipelineState.Succeeded && task.Detail.State is PipelineTaskDetail.Types.State.Succeeded or PipelineTaskDetail.Types.State.Skipped
            ? await new OutputComparison(new StorageClient(source), new StorageClient(machine)).CompareAsync(task, RecordedTask.Find(ended, SingleTask.TaskName), cancel)
            : [];
        return new DebugOutcome(task, job, RunOutcome.StateName(ended.State), error, outputs);
    }

    private async Task<InvalidInputException> UnknownAsync(Jobs jobs, string run, CancellationToken cancel)
    {
        var newest = await jobs.NewestAsync(5, cancel);
        var there = newest.Count == 0 ? "No pipeline has run there" : $"The newest there: {string.Join(", ", newest)}";
        return new InvalidInputException("unknown-run", $"There is no run '{run}' in {environment.Name} (project {environment.Project}, {environment.Region}). {there}; --env says where else to look.");
    }
}
