using System.Text.Json.Nodes;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>What the tasks of a DAG can be fed from.</summary>
internal sealed class DagSources(CheckedSpec pipeline, CheckedComponent dag)
{
    /// <summary>A type that is only known when the pipeline runs.</summary>
    public static readonly DataType? Unknown;

    public CheckedComponent Dag => dag;

    /// <summary>The type of a task's output, seen from beside it: a loop hands out lists.</summary>
    public static DataType? Result(JsonObject task, Port output)
    {
        if (task["parameterIterator"] is null && task["artifactIterator"] is null)
        {
            return output.Type;
        }

        return output.IsArtifact && output.Type is { } type ? type with { IsArtifactList = true } : DataType.List;
    }

    /// <summary>The output of a task of the DAG.</summary>
    public (JsonObject Task, CheckedComponent? Component)? Producer(string name) =>
        dag.Tasks.Map(name) is { } task ? (task, pipeline.ComponentOf(task)) : null;

    /// <summary>The names of the tasks that one waits for: by data, by order, by final status.</summary>
    public static IEnumerable<string> Upstream(JsonObject task)
    {
        var inputs = task.Map("inputs");
        var parameters = inputs.Map("parameters").Maps().SelectMany(input => new[]
        {
            input.Value.Map("taskOutputParameter").Text("producerTask"),
            input.Value.Map("taskFinalStatus").Text("producerTask"),
        });
        var artifacts = inputs.Map("artifacts").Maps().Select(input => input.Value.Map("taskOutputArtifact").Text("producerTask"));
        var order = (task.List("dependentTasks") ?? []).Select(JsonReading.AsText);
        return parameters.Concat(artifacts).Concat(order).OfType<string>();
    }
}
