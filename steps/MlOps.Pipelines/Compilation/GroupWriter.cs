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
        foreach (var channel in group.Inputs.Values)
        {
            IoDefinitions.AddInput(component, channel.InjectedName, IrType.Definition(channel.Type));
        }

        if (group is LoopGroup { Item: { } item })
        {
            IoDefinitions.AddInput(component, item.InjectedName, IrType.Definition(item.Type));
        }

        foreach (var (name, output) in group.Outputs)
        {
            IoDefinitions.AddOutput(component, name, output.Type);
            AddOutput(component, name, output.Type, output.From.Name, output.Key);
        }

        foreach (var oneOf in (group as BranchesGroup)?.OneOfs ?? [])
        {
            IoDefinitions.AddOutput(component, oneOf.Key, oneOf.Type);
            AddOneOf(component, oneOf);
        }

        return component;
    }

    /// <summary>Connects an output of the DAG with the task in it that makes it.</summary>
    public static void AddOutput(JsonObject component, string name, DataType type, string task, string key) =>
        Outputs(component, type)[name] = type.IsArtifact
            ? new JsonObject { ["artifactSelectors"] = new JsonArray(Selector(type, task, key)) }
            : new JsonObject { ["valueFromParameter"] = Selector(type, task, key) };

    // With the branches of which one makes it.
    private static void AddOneOf(JsonObject component, OneOfChannel oneOf)
    {
        var selectors = new JsonArray([.. oneOf.Outputs.Select(output => Selector(oneOf.Type, output.Task.Parent!.Name, output.BranchKey))]);
        Outputs(component, oneOf.Type)[oneOf.Key] = oneOf.Type.IsArtifact
            ? new JsonObject { ["artifactSelectors"] = selectors }
            : new JsonObject { ["valueFromOneof"] = new JsonObject { ["parameterSelectors"] = selectors } };
    }

    private static JsonObject Outputs(JsonObject component, DataType type) =>
        component.Section("dag").Section("outputs").Section(type.IsArtifact ? "artifacts" : "parameters");

    private static JsonObject Selector(DataType type, string task, string key) =>
        new() { ["producerSubtask"] = task, [type.IsArtifact ? "outputArtifactKey" : "outputParameterKey"] = key };
}
