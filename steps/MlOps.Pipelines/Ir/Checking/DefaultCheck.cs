using System.Text.Json.Nodes;
using System.Text.Json;
using MlOps.Core.Files;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>The defaults of a component's parameters: of the parameter's type, and among its <c>literals</c>. A string takes anything as text.</summary>
internal sealed class DefaultCheck(CheckedSpec pipeline, CheckedComponent component, Report report)
{
    public void Run()
    {
        foreach (var (name, port) in component.Inputs.Where(input => !input.Value.IsArtifact))
        {
            if (port.Definition["defaultValue"] is { } value && Fault(port, value) is { } fault)
            {
                Tell(name, port, $"The default of the parameter '{name}' of {component.Name} is {value.Readable()}; {fault}.");
            }
        }
    }

    private static string? Fault(Port port, JsonNode value)
    {
        if (port.Type is not { } type || type.Name is "TASK_FINAL_STATUS" or "TASK_CONFIG")
        {
            return null;
        }

        if (type != DataType.String && !PipelineInputs.Fits(value, type))
        {
            return $"expected {DefinitionType.Wanted(type)}{(value.GetValueKind() == JsonValueKind.String ? ", without quotes" : "")}";
        }

        return port.Definition.List("literals") is { Count: > 0 } literals && !literals.Any(literal => JsonNode.DeepEquals(literal, value))
            ? $"expected one of its literals: {string.Join(", ", literals.Select(literal => literal?.Readable() ?? "null"))}"
            : null;
    }

    // Where a value is given the default is never used. KFP itself writes wrong ones: of v1 components whose default is no JSON, or of the other kind.
    private void Tell(string input, Port port, string message)
    {
        var at = component.Path["inputDefinitions"]["parameters"][input]["defaultValue"];
        var isUsed = component == pipeline.Root ? port.Type != DataType.List && port.Type != DataType.Struct : IsUsed(input);
        if (isUsed)
        {
            report.Error("wrong-type", message, at);
        }
        else
        {
            report.Warning("wrong-type", $"{message} What does not give a value fails.", at);
        }
    }

    private bool IsUsed(string input) =>
        pipeline.Components.SelectMany(dag => dag.Tasks.Maps()).Any(task => pipeline.ComponentOf(task.Value) == component && task.Value.Map("inputs").Map("parameters")?.ContainsKey(input) != true);
}
