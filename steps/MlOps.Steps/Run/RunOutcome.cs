using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Files;

namespace MlOps.Steps.Run;

/// <summary>A job's end as users and machines read it.</summary>
/// <param name="State">Vertex's name without its prefix: <c>SUCCEEDED</c>, <c>FAILED</c>, …</param>
/// <param name="Outputs">The pipeline's outputs: parameters as JSON, artifacts as <c>{uri, metadata}</c>.</param>
/// <param name="Tasks">One entry per iteration and attempt; groups are not listed.</param>
public sealed record RunOutcome(string Job, string State, JsonObject Outputs, ImmutableSortedDictionary<string, JsonNode?> Metrics, ImmutableArray<TaskRun> Tasks, string? Error)
{
    public bool Succeeded => State == "SUCCEEDED";

    public static RunOutcome Of(PipelineJob job)
    {
        var tasks = job.JobDetail?.TaskDetails ?? [];
        var root = tasks.FirstOrDefault(task => task.ParentTaskId == 0);
        return new RunOutcome(
            job.Name,
            StateName(job.State),
            root is null ? [] : OutputsOf(root),
            MetricsOf(tasks),
            [.. tasks.Where(task => !IsGroup(task, tasks)).OrderBy(task => task.TaskId).SelectMany(Attempts)],
            job.Error?.Message);
    }

    public JsonObject ToJson() => new()
    {
        ["job"] = Job,
        ["state"] = State,
        ["outputs"] = Outputs.DeepClone(),
        ["tasks"] = new JsonArray([.. Tasks.Select(task => new JsonObject { ["name"] = task.Name, ["state"] = task.State, ["error"] = task.Error })]),
    };

    public void WriteText(TextWriter text)
    {
        text.WriteLine($"{State}  {Job}");
        foreach (var task in Tasks)
        {
            text.WriteLine($"  {task.State,-14} {task.Name}{(task.Error is null ? "" : ": " + task.Error.ReplaceLineEndings("\n                   "))}");
        }

        foreach (var (name, value) in Outputs)
        {
            text.WriteLine($"  {name} = {value?.Readable() ?? "null"}");
        }
    }

    public static string StateName(PipelineState state) => Upper(state.ToString());

    public static string StateName(PipelineTaskDetail.Types.State state) => Upper(state.ToString());

    internal static string Upper(string name) => string.Concat(name.Select((letter, i) => i > 0 && char.IsUpper(letter) ? "_" + letter : char.ToUpperInvariant(letter).ToString()));

    private static bool IsGroup(PipelineTaskDetail task, IEnumerable<PipelineTaskDetail> all) =>
        task.ParentTaskId == 0 || all.Any(other => other.ParentTaskId == task.TaskId);

    private static IEnumerable<TaskRun> Attempts(PipelineTaskDetail task)
    {
        // "The previously failed" jobs (pipeline_job.proto); should the last one be among them, it is the task's own end.
        var container = task.ExecutorDetail?.ContainerDetail;
        var earlier = container?.FailedMainJobs.Count(job => job != container.MainJob) ?? 0;
        var last = Upper(task.State.ToString());
        for (var i = 0; i < earlier; i++)
        {
            yield return new TaskRun(task.TaskName, "FAILED");
        }

        yield return new TaskRun(task.TaskName, last, task.Error is { Message.Length: > 0 } error ? error.Message : null);
    }

    private static JsonObject OutputsOf(PipelineTaskDetail root)
    {
        var outputs = new JsonObject(RecordedValues.Outputs(root.Execution));
        foreach (var (key, list) in root.Outputs)
        {
            var artifacts = list.Artifacts.Select(JsonNode? (artifact) => new JsonObject { ["uri"] = artifact.Uri, ["metadata"] = RecordedValues.Metadata(artifact) }).ToArray();
            outputs[key] = artifacts.Length == 1 ? artifacts[0] : new JsonArray(artifacts);
        }

        return outputs;
    }

    /// <summary>What the tasks wrote into artifacts of type <c>system.Metrics</c>, as <c>TASK.NAME</c>.</summary>
    private static ImmutableSortedDictionary<string, JsonNode?> MetricsOf(IEnumerable<PipelineTaskDetail> tasks) =>
        tasks.Where(task => task.ParentTaskId != 0)
            .SelectMany(task => task.Outputs.Values.SelectMany(list => list.Artifacts).Where(artifact => artifact.SchemaTitle == "system.Metrics")
                .SelectMany(artifact => RecordedValues.Metadata(artifact)).Select(pair => (Key: $"{task.TaskName}.{pair.Key}", Value: pair.Value?.DeepClone())))
            .GroupBy(pair => pair.Key)
            .ToImmutableSortedDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
}
