using System.Text.Json.Nodes;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Ir;

/// <summary><c>inputDefinitions</c> and <c>outputDefinitions</c> of a component.</summary>
internal static class IoDefinitions
{
    /// <summary>Adds the definitions to a component; nothing where there are none.</summary>
    public static void Add(JsonObject component, string key, IEnumerable<(string Name, JsonObject Definition)> definitions)
    {
        var result = new JsonObject();
        foreach (var (name, definition) in definitions)
        {
            var kind = definition.ContainsKey("artifactType") ? "artifacts" : "parameters";
            if (result[kind] is not JsonObject section)
            {
                result[kind] = section = [];
            }

            section[name] = definition;
        }

        if (result.Count > 0)
        {
            component[key] = result;
        }
    }

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
        Add(component, "inputDefinitions", spec.Inputs.Select(input => (input.Name, Input(input.Type, input.IsOptional, input.Default))));
        Add(component, "outputDefinitions", spec.Outputs.Select(output => (output.Name, IrType.Definition(output.Type))));
        return component;
    }
}
