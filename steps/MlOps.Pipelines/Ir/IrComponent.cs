using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Yaml;

namespace MlOps.Pipelines.Ir;

/// <summary>Reads a component out of a compiled file, as KFP's <c>load_component</c> does: the component named like the pipeline, else the whole pipeline.</summary>
internal sealed class IrComponent(ICollection<Problem> problems)
{
    public ComponentSpec? Read(YamlMap file)
    {
        if (Name(file) is not { } name)
        {
            return null;
        }

        if (file["schemaVersion"] is YamlScalar { Text: var version } && !version.StartsWith("2.1", StringComparison.Ordinal))
        {
            problems.Add(Problem.Error("old-schema", $"The file has IR schema {version}; pipelines are built from 2.1.0. Compile it again with KFP 2.", file["schemaVersion"]!.Spot));
            return null;
        }

        var spec = YamlJson.Map(file, problems);
        var component = (spec["components"] as JsonObject)?[Names.ComponentPrefix + Names.Kubernetes(name)] as JsonObject ?? spec["root"] as JsonObject;
        if (component is null)
        {
            problems.Add(Problem.Error("missing-key", "A compiled component needs 'root'.", file.Spot));
            return null;
        }

        var inputs = Inputs(component["inputDefinitions"] as JsonObject, file.Spot);
        var outputs = Outputs(component["outputDefinitions"] as JsonObject, file.Spot);
        return Implementation(spec, file, name) is { } implementation ? new ComponentSpec(name, Description: null, inputs, outputs, implementation, file.Spot) : null;
    }

    /// <summary>A compiled pipeline as a component.</summary>
    public static ComponentSpec Of(string name, JsonObject spec, SourceSpot spot)
    {
        var root = (JsonObject)spec["root"]!;
        var reader = new IrComponent([]);
        return new ComponentSpec(name, Description: null, reader.Inputs(root["inputDefinitions"] as JsonObject, spot), reader.Outputs(root["outputDefinitions"] as JsonObject, spot), new PipelineImplementation(spec), spot);
    }

    private string? Name(YamlMap file)
    {
        if (file["pipelineInfo"] is YamlMap info && info["name"] is YamlScalar { Value: string name })
        {
            return name;
        }

        problems.Add(Problem.Error("missing-key", "A compiled component needs 'pipelineInfo' with a 'name'.", file.Spot));
        return null;
    }

    private ComponentImplementation? Implementation(JsonObject spec, YamlMap file, string name)
    {
        var label = Names.ExecutorPrefix + Names.Kubernetes(name);
        if (spec["deploymentSpec"]?["executors"] is not JsonObject executors || executors[label] is not JsonObject executor)
        {
            return new PipelineImplementation(spec);
        }

        if (executor["container"] is JsonObject container && container["image"] is JsonValue image)
        {
            return new ContainerImplementation(image.ToString(), ImageSpot(file, label), Strings(container["command"]), Strings(container["args"]), Environment(container["env"]));
        }

        problems.Add(Problem.Error("no-container", $"Executor '{label}' has no container with an image; only containers and pipelines can be used as components.", file.Spot));
        return null;
    }

    private static SourceSpot ImageSpot(YamlMap file, string label) =>
        ((((file["deploymentSpec"] as YamlMap)?["executors"] as YamlMap)?[label] as YamlMap)?["container"] as YamlMap)?["image"]?.Spot ?? file.Spot;

    private static ImmutableArray<string> Strings(JsonNode? list) => [.. (list as JsonArray ?? []).Select(item => item?.ToString() ?? "")];

    private static ImmutableArray<EnvironmentVariable> Environment(JsonNode? list) =>
        [.. (list as JsonArray ?? []).OfType<JsonObject>().Select(pair => new EnvironmentVariable(pair["name"]?.ToString() ?? "", pair["value"]?.ToString() ?? ""))];

    private ImmutableArray<ComponentInput> Inputs(JsonObject? definitions, SourceSpot spot) =>
        [.. Definitions(definitions, spot).Select(one => new ComponentInput(one.Name, one.Name, one.Type, IsOptional(one.Definition), one.Definition["defaultValue"]?.DeepClone(), Description: null, spot))];

    private ImmutableArray<ComponentOutput> Outputs(JsonObject? definitions, SourceSpot spot) =>
        [.. Definitions(definitions, spot).Select(one => new ComponentOutput(one.Name, one.Name, one.Type, Description: null, spot))];

    private IEnumerable<(string Name, DataType Type, JsonObject Definition)> Definitions(JsonObject? definitions, SourceSpot spot)
    {
        foreach (var kind in new[] { "parameters", "artifacts" })
        {
            foreach (var (name, node) in definitions?[kind] as JsonObject ?? [])
            {
                if (node is JsonObject definition && IrType.Of(definition) is { } type)
                {
                    yield return (name, type, definition);
                }
                else
                {
                    problems.Add(Problem.Error("unknown-type", $"'{name}' in {kind} has no type that the IR knows.", spot));
                }
            }
        }
    }

    // Files of early KFP 2 have defaults without isOptional.
    private static bool IsOptional(JsonObject definition) => definition["isOptional"]?.GetValue<bool>() ?? definition["defaultValue"] is not null;
}
