using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Files;
using MlOps.Google;

namespace MlOps.Steps.Run;

/// <summary>A job's end as users and machines read it.</summary>
/// <param name="State">Vertex's name without its prefix: <c>SUCCEEDED</c>, <c>FAILED</c>, …</param>
/// <param name="Outputs">The pipeline's outputs: parameters as JSON, artifacts as <c>{uri, metadata}</c>.</param>
/// <param name="Tasks">One entry per iteration and attempt; groups are not listed.</param>
/// <param name="Untriggered">The groups that did not run, as people think of them: <c>if inputs.deploy == true (condition-1)</c>.</param>
public sealed record RunOutcome(
    string Job, string State, JsonObject Outputs, ImmutableSortedDictionary<string, JsonNode?> Metrics, ImmutableArray<TaskRun> Tasks, ImmutableArray<string> Untriggered, string? Error)
{
    public bool Succeeded => State == "SUCCEEDED";

    public static RunOutcome Of(PipelineJob job)
    {
        var tasks = new RunTasks(job);
        return new RunOutcome(
            job.Name,
            StateName(job.State),
            RunOutputs.Of(job, tasks),
            MetricsOf(tasks.All),
            [.. tasks.All.Where(task => !tasks.IsGroup(task)).SelectMany(task => Attempts(task, tasks))],
            [.. tasks.All.Where(task => task.State == PipelineTaskDetail.Types.State.NotTriggered && tasks.IsGroup(task)).Select(tasks.LabelOf)],
            job.Error?.Message);
    }

    public JsonObject ToJson() => new()
    {
        ["job"] = Job,
        ["state"] = State,
        ["outputs"] = Outputs.DeepClone(),
        ["tasks"] = new JsonArray([.. Tasks.Select(JsonOf)]),
    };

    public void WriteText(TextWriter text)
    {
        text.WriteLine($"{State}  {Job}");
        foreach (var task in Tasks)
        {
            text.WriteLine($"  {task.State,-14} {task.Label}{(task.Error is null ? "" : ": " + task.Error.ReplaceLineEndings("\n                   "))}");
        }

        foreach (var group in Untriggered)
        {
            text.WriteLine($"  {"NOT_TRIGGERED",-14} {group}");
        }

        foreach (var (name, value) in Outputs)
        {
            text.WriteLine($"  {name} = {value?.Readable() ?? "null"}");
        }
    }

    public static string StateName(PipelineState state) => EnumName.Of(state);

    public static string StateName(PipelineTaskDetail.Types.State state) => EnumName.Of(state);

    private static JsonObject JsonOf(TaskRun task)
    {
        var json = new JsonObject { ["name"] = task.Name, ["state"] = task.State, ["error"] = task.Error };
        if (task.Path is not null)
        {
            json["path"] = task.Path;
        }

        if (task.Iteration is { } iteration)
        {
            json["iteration"] = new JsonArray([.. iteration.Select(number => (JsonNode)number)]);
        }

        return json;
    }

    private static IEnumerable<TaskRun> Attempts(PipelineTaskDetail task, RunTasks tasks)
    {
        var path = tasks.PathOf(task) is var whole && whole != task.TaskName ? whole : null;
        ImmutableArray<int>? iteration = tasks.IterationsOf(task) is { IsEmpty: false } numbers ? numbers : null;

        // "The previously failed" jobs (pipeline_job.proto); should the last one be among them, it is the task's own end.
        var container = task.ExecutorDetail?.ContainerDetail;
        var earlier = container?.FailedMainJobs.Count(job => job != container.MainJob) ?? 0;
        for (var i = 0; i < earlier; i++)
        {
            yield return new TaskRun(task.TaskName, "FAILED", Error: null, path, iteration);
        }

        yield return new TaskRun(task.TaskName, StateName(task.State), task.Error is { Message.Length: > 0 } error ? error.Message : null, path, iteration);
    }

    /// <summary>What the tasks wrote into artifacts of type <c>system.Metrics</c>, as <c>TASK.NAME</c>.</summary>
    private static ImmutableSortedDictionary<string, JsonNode?> MetricsOf(IEnumerable<PipelineTaskDetail> tasks) =>
        tasks
            .SelectMany(task => task.Outputs.Values.SelectMany(list => list.Artifacts).Where(artifact => artifact.SchemaTitle == "system.Metrics")
                .SelectMany(artifact => RecordedValues.Metadata(artifact)).Select(pair => (Key: $"{task.TaskName}.{pair.Key}", Value: pair.Value?.DeepClone())))
            .GroupBy(pair => pair.Key)
            .ToImmutableSortedDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
}
