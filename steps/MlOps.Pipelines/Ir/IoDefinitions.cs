using System.Text.Json.Nodes;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Ir;

/// <summary><c>inputDefinitions</c> and <c>outputDefinitions</c> of a component.</summary>
internal static class IoDefinitions
{
    /// <summary>Adds one input's definition to a component.</summary>
    public static void AddInput(JsonObject component, string name, JsonObject definition) => Add(component, "inputDefinitions", name, definition);

    /// <summary>Adds one output's definition to a component.</summary>
    public static void AddOutput(JsonObject component, string name, DataType type) => Add(component, "outputDefinitions", name, IrType.Definition(type));

    private static void Add(JsonObject component, string key, string name, JsonObject definition) =>
        component.Section(key).Section(definition.ContainsKey("artifactType") ? "artifacts" : "parameters")[name] = definition;

    public static JsonObject Input(DataType type, bool isOptional, JsonNode? defaultValue)
    {
        var definition = IrType.Definition(type);
        if (isOptional)
        {
            definition["isOptional"] = true;
        }

        if (isOptional && defaultValue is not null && !type.IsArtifact)
        {
            definition["defaultValue"] = defaultValue.DeepClone();
        }

        return definition;
    }

    /// <summary>A component's interface, without what runs.</summary>
    public static JsonObject Component(ComponentSpec spec)
    {
        var component = new JsonObject();
        foreach (var input in spec.Inputs)
        {
            AddInput(component, input.Name, Input(input.Type, input.IsOptional, input.Default));
        }

        foreach (var output in spec.Outputs)
        {
            AddOutput(component, output.Name, output.Type);
        }

        return component;
    }
}
