using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using State = Google.Cloud.AIPlatform.V1.PipelineTaskDetail.Types.State;

namespace MlOps.Steps.Run;

/// <summary>A pipeline's outputs: parameters as JSON, artifacts as <c>{uri, metadata}</c>.</summary>
internal static class RunOutputs
{
    /// <summary>As the run itself has them on record; where it is no task, by what the IR says its outputs are.</summary>
    public static JsonObject Of(PipelineJob job, RunTasks tasks) => tasks.Root is { } root ? Recorded(root) : Followed(RecordedValues.Of(job.PipelineSpec), tasks);

    private static JsonObject Recorded(PipelineTaskDetail root)
    {
        var outputs = new JsonObject(RecordedValues.Outputs(root.Execution));
        foreach (var (key, list) in root.Outputs)
        {
            outputs[key] = Artifacts(list);
        }

        return outputs;
    }

    private static JsonObject Followed(JsonObject spec, RunTasks tasks)
    {
        var dag = spec["root"]?["dag"];
        var outputs = new JsonObject();
        foreach (var (name, output) in Maps(dag?["outputs"]?["parameters"]))
        {
            var selectors = output?["valueFromOneof"]?["parameterSelectors"]?.AsArray() ?? [];
            foreach (var (producer, key) in Producers(dag, [output?["valueFromParameter"], .. selectors], "outputParameterKey", tasks))
            {
                foreach (var (_, value) in RecordedValues.Outputs(producer.Execution).Where(pair => pair.Key == key).Take(1))
                {
                    outputs[name] = value;
                }
            }
        }

        foreach (var (name, output) in Maps(dag?["outputs"]?["artifacts"]))
        {
            foreach (var (producer, key) in Producers(dag, output?["artifactSelectors"]?.AsArray() ?? [], "outputArtifactKey", tasks))
            {
                if (producer.Outputs.TryGetValue(key, out var list))
                {
                    outputs[name] = Artifacts(list);
                }
            }
        }

        return outputs;
    }

    /// <summary>The first of the selected tasks that gave something, and under which name; none where none did.</summary>
    private static IEnumerable<(PipelineTaskDetail Task, string Key)> Producers(JsonNode? dag, IEnumerable<JsonNode?> selectors, string keyName, RunTasks tasks) => selectors
        .Select(selector => (Task: Top(dag, selector?["producerSubtask"]?.GetValue<string>(), tasks), Key: selector?[keyName]?.GetValue<string>()))
        .Where(found => found is { Task.State: State.Succeeded or State.Skipped, Key: not null })
        .Select(found => (found.Task!, found.Key!))
        .Take(1);

    private static PipelineTaskDetail? Top(JsonNode? dag, string? key, RunTasks tasks)
    {
        var name = key is null ? null : dag?["tasks"]?[key]?["taskInfo"]?["name"]?.GetValue<string>() ?? key;
        return tasks.All.FirstOrDefault(task => task.ParentTaskId == 0 && task.TaskName == name);
    }

    private static JsonObject Maps(JsonNode? node) => node as JsonObject ?? [];

    private static JsonNode? Artifacts(PipelineTaskDetail.Types.ArtifactList list)
    {
        var artifacts = list.Artifacts.Select(JsonNode? (artifact) => new JsonObject { ["uri"] = artifact.Uri, ["metadata"] = RecordedValues.Metadata(artifact) }).ToArray();
        return artifacts.Length == 1 ? artifacts[0] : new JsonArray(artifacts);
    }
}
