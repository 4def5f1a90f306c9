using System.Globalization;
using System.Text.Json.Nodes;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Compilation;

/// <summary>The PipelineTaskSpec of tasks and groups.</summary>
internal sealed class TaskWriter(Plan plan, Resolver resolver)
{
    private readonly Constants _constants = new(resolver);

    public JsonObject Task(PlanTask task)
    {
        var settings = task.Definition.Settings;
        string[] dependencies = task == plan.ExitTask ? [plan.Exit!.Name] : Sorted(task.Dependencies);
        var spec = new JsonObject
        {
            ["cachingOptions"] = Caching(settings),
            ["componentRef"] = Reference(task),
            ["taskInfo"] = new JsonObject { ["name"] = settings.DisplayName is { Length: > 0 } name ? name : task.Name },
        };
        AddInputs(spec, task, dependencies);
        AddDependencies(spec, dependencies);
        if (settings.Retry is { } retry)
        {
            spec["retryPolicy"] = Retry(retry);
        }

        if (task == plan.ExitTask || settings.IgnoreUpstreamFailure)
        {
            spec["triggerPolicy"] = new JsonObject { ["strategy"] = "ALL_UPSTREAM_TASKS_COMPLETED" };
        }

        return spec;
    }

    public static JsonObject Group(PlanGroup group)
    {
        var spec = new JsonObject
        {
            ["componentRef"] = Reference(group),
            ["taskInfo"] = new JsonObject { ["name"] = group.DisplayName is { Length: > 0 } shown ? shown : group.Name },
        };
        foreach (var (name, channel) in group.Inputs)
        {
            AddInput(spec, name, channel.Type.IsArtifact, Sources.Of(channel, group.Parent!));
        }

        AddDependencies(spec, Sorted(group.Dependencies));
        switch (group)
        {
            case ConditionGroup condition:
                spec["triggerPolicy"] = new JsonObject { ["condition"] = CelWriter.Conjunction(condition.Tests) };
                break;
            case LoopGroup loop:
                AddIterator(spec, loop);
                break;
        }

        return spec;
    }

    private static JsonObject Reference(PlanNode node) => new() { ["name"] = node.ComponentName };

    private static JsonObject Caching(TaskSettings settings)
    {
        var options = new JsonObject();
        if (settings.EnableCache)
        {
            options["enableCache"] = true;
        }

        if (settings.CacheKey is { } key)
        {
            options["cacheKey"] = key;
        }

        return options;
    }

    private static JsonObject Retry(RetryPolicy retry)
    {
        var policy = new JsonObject
        {
            ["backoffDuration"] = string.Create(CultureInfo.InvariantCulture, $"{retry.BackoffSeconds}s"),
            ["backoffFactor"] = retry.Factor,
            ["backoffMaxDuration"] = string.Create(CultureInfo.InvariantCulture, $"{retry.MaxBackoffSeconds}s"),
        };
        if (retry.Attempts > 0)
        {
            policy["maxRetryCount"] = retry.Attempts;
        }

        return policy;
    }

    private void AddInputs(JsonObject spec, PlanTask task, string[] dependencies)
    {
        var dag = task.Parent!;
        foreach (var argument in task.Arguments)
        {
            if (argument.Value is ReferenceValue { Expression: not RunReference } reference)
            {
                var channel = resolver[reference.Expression];
                AddInput(spec, argument.Name, channel.Type.IsArtifact, Sources.Of(channel, dag));
                continue;
            }

            foreach (var channel in _constants.In(argument.Value))
            {
                AddInput(spec, channel.InjectedName, isArtifact: false, Sources.Of(channel, dag));
            }

            if (_constants.Of(argument.Value) is { } constant)
            {
                AddInput(spec, argument.Name, isArtifact: false, new JsonObject { ["runtimeValue"] = new JsonObject { ["constant"] = constant } });
            }
        }

        foreach (var input in task.Component!.Inputs.Where(input => input.Type == DataType.TaskFinalStatus))
        {
            AddInput(spec, input.Name, isArtifact: false, new JsonObject { ["taskFinalStatus"] = new JsonObject { ["producerTask"] = dependencies[0] } });
        }
    }

    /// <summary>Adds one entry of TaskInputsSpec.</summary>
    public static void AddInput(JsonObject spec, string name, bool isArtifact, JsonObject source) =>
        spec.Section("inputs").Section(isArtifact ? "artifacts" : "parameters")[name] = source;

    private static void AddDependencies(JsonObject spec, string[] dependencies)
    {
        if (dependencies.Length > 0)
        {
            spec["dependentTasks"] = new JsonArray([.. dependencies.Select(name => JsonValue.Create(name))]);
        }
    }

    private static string[] Sorted(HashSet<string> names)
    {
        string[] sorted = [.. names];
        Array.Sort(sorted, StringComparer.Ordinal);
        return sorted;
    }

    private static void AddIterator(JsonObject spec, LoopGroup loop)
    {
        var isArtifact = loop.List is { Type.IsArtifact: true };
        var items = loop.List is { } list
            ? new JsonObject { [isArtifact ? "inputArtifact" : "inputParameter"] = list.InjectedName }
            : new JsonObject { ["raw"] = PythonJson.Text(loop.Literal!.Items, sortKeys: true) };
        spec[isArtifact ? "artifactIterator" : "parameterIterator"] = new JsonObject { ["items"] = items, ["itemInput"] = loop.Item!.InjectedName };
        if (loop.Definition.Parallelism > 0)
        {
            spec["iteratorPolicy"] = new JsonObject { ["parallelismLimit"] = loop.Definition.Parallelism };
        }
    }
}
