using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Steps.Run;

namespace MlOps.Steps.Debug;

/// <summary>
/// A pipeline of one task: a recorded one with the same image, command, parameters and artifacts. Parameters become the
/// pipeline's own, so that text in them is not taken for placeholders; artifacts are brought by importers.
/// </summary>
internal static class SingleTask
{
    public const string TaskName = "task";

    /// <param name="waitBefore">
    /// Null to run the task. Else its container waits for somebody with a shell (<see cref="WaitingCommand"/>); these are the
    /// words of the image's entrypoint, which stand before the task's arguments where the task has no command of its own.
    /// </param>
    public static JobRequest Of(RecordedTask task, IReadOnlyList<string>? waitBefore, TimeSpan timeout)
    {
        var parts = new Parts();
        var inputs = new JsonObject();
        var declared = task.Component["inputDefinitions"]?["parameters"]?.AsObject() ?? [];
        var given = task.Inputs.Where(pair => declared.ContainsKey(pair.Key)).ToArray();
        if (given.Length > 0)
        {
            inputs["parameters"] = new JsonObject(given.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)new JsonObject { ["componentInputParameter"] = pair.Key })));
        }

        var artifacts = task.Detail.Inputs.Where(pair => pair.Value.Artifacts.Count > 0).ToArray();
        if (artifacts.Length > 0)
        {
            inputs["artifacts"] = new JsonObject(artifacts.Select((pair, i) => KeyValuePair.Create(pair.Key, (JsonNode?)Importers.Add(parts, $"import-{i + 1}", pair.Value.Artifacts, IsList(task, pair.Key)))));
        }

        parts.Components["comp-task"] = task.Component.DeepClone();
        parts.Components["comp-task"]!["executorLabel"] = "exec-task";
        parts.Executors["exec-task"] = Executor(task, waitBefore);
        var dependencies = new JsonArray([.. parts.Tasks.Select(pair => (JsonNode?)pair.Key)]);
        parts.Tasks[TaskName] = new JsonObject
        {
            ["taskInfo"] = new JsonObject { ["name"] = TaskName },
            ["componentRef"] = new JsonObject { ["name"] = "comp-task" },
            ["cachingOptions"] = new JsonObject(),
            ["inputs"] = inputs,
            ["dependentTasks"] = dependencies,
        };
        var name = $"debug-{JobId.Slug(task.Detail.TaskName)}";
        var parameters = new JsonObject(given.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
        return new JobRequest(name, parts.Spec(name, task.Spec, declared, given.Select(pair => pair.Key)), parameters, ImmutableSortedDictionary<string, string>.Empty, null, null, "slow", timeout);
    }

    private static bool IsList(RecordedTask task, string input) =>
        task.Component["inputDefinitions"]?["artifacts"]?[input]?["isArtifactList"]?.GetValue<bool>() ?? task.Detail.Inputs[input].Artifacts.Count > 1;

    private static JsonObject Executor(RecordedTask task, IReadOnlyList<string>? waitBefore)
    {
        var executor = task.Executor.DeepClone().AsObject();
        var container = executor["container"]!.AsObject();
        if (waitBefore is not null)
        {
            var command = container["command"]?.AsArray().Select(item => item?.DeepClone()).ToArray() ?? [];
            container["command"] = new JsonArray([.. WaitingCommand.Prefix(command.Length == 0 ? waitBefore : []), .. command]);
        }

        return executor;
    }
}

/// <summary>The parts of a PipelineSpec while it is put together.</summary>
internal sealed record Parts
{
    public JsonObject Components { get; } = [];

    public JsonObject Executors { get; } = [];

    public JsonObject Tasks { get; } = [];

    public JsonObject Spec(string name, JsonObject original, JsonObject declared, IEnumerable<string> inputs) => new()
    {
        ["pipelineInfo"] = new JsonObject { ["name"] = name },
        ["schemaVersion"] = original["schemaVersion"]?.DeepClone() ?? "2.1.0",
        ["sdkVersion"] = original["sdkVersion"]?.DeepClone() ?? "mlops",
        ["deploymentSpec"] = new JsonObject { ["executors"] = Executors },
        ["components"] = Components,
        ["root"] = new JsonObject
        {
            ["inputDefinitions"] = new JsonObject { ["parameters"] = new JsonObject(inputs.Select(input => KeyValuePair.Create(input, declared[input]?.DeepClone()))) },
            ["dag"] = new JsonObject { ["tasks"] = Tasks },
        },
    };
}
