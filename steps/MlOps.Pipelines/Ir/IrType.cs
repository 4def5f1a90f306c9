using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Ir;

/// <summary>Types of inputs and outputs in the IR's JSON.</summary>
internal static class IrType
{
    /// <summary>The type of an input or output definition, of schema 2.1 (<c>parameterType</c>) or 2.0 (<c>type</c>); null where it is unknown.</summary>
    public static DataType? Of(JsonObject definition)
    {
        if (definition["artifactType"] is JsonObject artifact)
        {
            // Anything may stand in schemaTitle; a schema given as text or in place counts as any artifact.
            var title = Text(artifact["schemaTitle"]) ?? DataType.AnyArtifact.Name;
            var isList = definition["isArtifactList"] is JsonValue flag && flag.GetValueKind() == JsonValueKind.True;
            return new DataType(title, Text(artifact["schemaVersion"]) ?? DataType.DefaultSchemaVersion, isList);
        }

        return (Text(definition["parameterType"]) ?? Text(definition["type"])) switch
        {
            "STRING" => DataType.String,
            "NUMBER_INTEGER" or "INT" => DataType.Integer,
            "NUMBER_DOUBLE" or "DOUBLE" => DataType.Double,
            "BOOLEAN" => DataType.Boolean,
            "LIST" => DataType.List,
            "STRUCT" => DataType.Struct,
            "TASK_FINAL_STATUS" => DataType.TaskFinalStatus,
            "TASK_CONFIG" => new DataType("TASK_CONFIG"),
            _ => null,
        };
    }

    /// <summary>An input or output definition of this type.</summary>
    public static JsonObject Definition(DataType type)
    {
        if (!type.IsArtifact)
        {
            return new JsonObject { ["parameterType"] = type.Name };
        }

        var definition = new JsonObject { ["artifactType"] = Schema(type) };
        if (type.IsArtifactList)
        {
            definition["isArtifactList"] = true;
        }

        return definition;
    }

    public static JsonObject Schema(DataType type) => new() { ["schemaTitle"] = type.Name, ["schemaVersion"] = type.Version };

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
