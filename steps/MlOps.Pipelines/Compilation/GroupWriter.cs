using System.Text.Json.Nodes;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Compilation;

/// <summary>The ComponentSpec of groups: what they take, what they hand out, and their DAG's outputs. Tasks are added by the builder.</summary>
internal static class GroupWriter
{
    public static JsonObject Component(PlanGroup group)
    {
        var component = new JsonObject { ["dag"] = new JsonObject { ["tasks"] = new JsonObject() } };
        var inputs = group.Inputs.Values.ToList();
        if (group is LoopGroup loop)
        {
            inputs.Add(loop.Item!);
        }

        IoDefinitions.Add(component, "inputDefinitions", inputs.Select(channel => (channel.InjectedName, IrType.Definition(channel.Type))));
        var outputs = Outputs(group).ToList();
        IoDefinitions.Add(component, "outputDefinitions", outputs.Select(output => (output.Name, IrType.Definition(output.Type))));
        foreach (var (name, type, selectors, isOneOf) in outputs)
        {
            AddOutput(component, name, type, selectors, isOneOf);
        }

        return component;
    }

    /// <summary>Connects an output of the DAG with the task in it that makes it, or with those of which one does.</summary>
    public static void AddOutput(JsonObject component, string name, DataType type, IReadOnlyList<(string Task, string Key)> from, bool isOneOf = false)
    {
        var dag = (JsonObject)component["dag"]!;
        if (dag["outputs"] is not JsonObject outputs)
        {
            dag["outputs"] = outputs = [];
        }

        var kind = type.IsArtifact ? "artifacts" : "parameters";
        if (outputs[kind] is not JsonObject section)
        {
            outputs[kind] = section = [];
        }

        section[name] = type.IsArtifact
            ? new JsonObject { ["artifactSelectors"] = new JsonArray([.. from.Select(one => Selector(one, "outputArtifactKey"))]) }
            : !isOneOf
                ? new JsonObject { ["valueFromParameter"] = Selector(from[0], "outputParameterKey") }
                : new JsonObject { ["valueFromOneof"] = new JsonObject { ["parameterSelectors"] = new JsonArray([.. from.Select(one => Selector(one, "outputParameterKey"))]) } };
    }

    private static IEnumerable<(string Name, DataType Type, IReadOnlyList<(string Task, string Key)> From, bool IsOneOf)> Outputs(PlanGroup group)
    {
        foreach (var (name, output) in group.Outputs)
        {
            yield return (name, output.Type, [(output.From.Name, output.Key)], false);
        }

        foreach (var oneOf in (group as BranchesGroup)?.OneOfs ?? [])
        {
            yield return (oneOf.Key, oneOf.Type, [.. oneOf.Outputs.Select(output => (output.Task.Parent!.Name, OneOfChannel.BranchKey(output.Task, output.Output)))], true);
        }
    }

    private static JsonObject Selector((string Task, string Key) from, string key) => new() { ["producerSubtask"] = from.Task, [key] = from.Key };
}
