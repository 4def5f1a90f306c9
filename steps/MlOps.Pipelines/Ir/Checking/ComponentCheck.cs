using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>One component: it runs an executor or a DAG, and its DAG holds together.</summary>
internal sealed class ComponentCheck(CheckedSpec pipeline, CheckedComponent component, Report report)
{
    public void Run()
    {
        if (pipeline.HasTypedValues)
        {
            new DefaultCheck(pipeline, component, report).Run();
        }

        if (component.ExecutorLabel is { } label)
        {
            if (pipeline.Executors.Map(label) is null)
            {
                report.Error("unknown-executor", $"{component.Name} runs the executor '{label}', which is not in deploymentSpec.executors.{Suggestion.For(label, pipeline.Executors.Select(pair => pair.Key))}", component.Path["executorLabel"]);
            }

            return;
        }

        if (component.Dag is null)
        {
            report.Error("empty-component", $"{component.Name} has neither an executor (executorLabel) nor a DAG.", component.Path);
            return;
        }

        var sources = new DagSources(pipeline, component);
        foreach (var (name, task) in component.Tasks.Maps())
        {
            new TaskCheck(pipeline, component, sources, name, task, report).Run();
        }

        CheckCycle();
        CheckOutputs();
    }

    private void CheckCycle()
    {
        var tasks = component.Tasks.Maps().ToDictionary(task => task.Key, task => task.Value, StringComparer.Ordinal);
        var needs = tasks.ToDictionary(task => task.Key, task => DagSources.Upstream(task.Value).Where(tasks.ContainsKey).ToList(), StringComparer.Ordinal);
        if (Cycle.Of(needs) is { } cycle)
        {
            report.Error("cycle", $"Tasks of {component.Name} wait for each other, so that none can begin: {string.Join(" -> ", cycle)}.", component.Path["dag"]["tasks"][cycle[0]]);
        }
    }

    private void CheckOutputs()
    {
        var outputs = component.Dag.Map("outputs");
        foreach (var (name, port) in component.Outputs)
        {
            if (outputs.Map(port.IsArtifact ? "artifacts" : "parameters").Map(name) is not { } output)
            {
                report.Error("unconnected-output", $"The output '{name}' of {component.Name} comes from nowhere in its DAG.", component.Path["outputDefinitions"]);
                continue;
            }

            foreach (var (task, key) in Selectors(output))
            {
                CheckSelector(name, port, task, key);
            }
        }

        foreach (var kind in new[] { "parameters", "artifacts" })
        {
            foreach (var (name, _) in outputs.Map(kind).Maps().Where(pair => !component.Outputs.ContainsKey(pair.Key)))
            {
                report.Error("unknown-output", $"The DAG of {component.Name} hands out '{name}', which is not in its outputDefinitions.", component.Path["dag"]["outputs"][kind][name]);
            }
        }
    }

    private static IEnumerable<(string Task, string Key)> Selectors(JsonObject output)
    {
        var all = (output.List("artifactSelectors") ?? [])
            .Concat(output.Map("valueFromOneof").List("parameterSelectors") ?? [])
            .Append(output["valueFromParameter"]);
        return all.OfType<JsonObject>().Select(selector => (selector.Text("producerSubtask") ?? "", selector.Text("outputParameterKey") ?? selector.Text("outputArtifactKey") ?? ""));
    }

    private void CheckSelector(string name, Port port, string producer, string key)
    {
        var at = component.Path["dag"]["outputs"][port.IsArtifact ? "artifacts" : "parameters"][name];
        if (component.Tasks.Map(producer) is not { } task)
        {
            report.Error("unknown-task", $"The output '{name}' of {component.Name} comes from the task '{producer}', which is not in its DAG.{Suggestion.For(producer, component.Tasks.Select(pair => pair.Key))}", at);
            return;
        }

        if (pipeline.ComponentOf(task) is not { } inner)
        {
            return;
        }

        if (!inner.Outputs.TryGetValue(key, out var from) || from.IsArtifact != port.IsArtifact)
        {
            report.Error("unknown-output", $"The output '{name}' of {component.Name} comes from '{key}' of the task '{producer}', which has no such output.{Suggestion.For(key, inner.Outputs.Keys)}", at);
            return;
        }

        // KFP writes LIST, or a list of artifacts, for what a loop further out collects.
        var isCollected = port.Type == DataType.List || port.Type is { IsArtifactList: true };
        if (pipeline.HasTypedValues && !isCollected && port.Type is { } wanted && DagSources.Result(task, from) is { } given && !given.Fits(wanted))
        {
            report.Error("wrong-type", $"The output '{name}' of {component.Name} is {wanted}, and '{key}' of the task '{producer}' is {given}.", at);
        }
    }
}
