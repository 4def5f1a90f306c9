using System.Text.Json.Nodes;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>A PipelineSpec as the checks look at it.</summary>
internal sealed class CheckedSpec
{
    private readonly Dictionary<string, CheckedComponent> _components;

    public CheckedSpec(JsonObject spec)
    {
        Spec = spec;
        SchemaVersion = spec.Text("schemaVersion");
        _components = spec.Map("components").Maps().ToDictionary(pair => pair.Key, pair => new CheckedComponent(pair.Key, pair.Value, JsonPath.Top["components"][pair.Key]), StringComparer.Ordinal);
        Root = new CheckedComponent("root", spec.Map("root") ?? [], JsonPath.Top["root"]);
    }

    public JsonObject Spec { get; }

    public string? SchemaVersion { get; }

    /// <summary>Before 2.1, lists and maps are passed as strings, so that types say little.</summary>
    public bool HasTypedValues => SchemaVersion is null || !SchemaVersion.StartsWith("2.0", StringComparison.Ordinal);

    public CheckedComponent Root { get; }

    /// <summary>The root and all components.</summary>
    public IEnumerable<CheckedComponent> Components => _components.Values.Prepend(Root);

    public IEnumerable<string> ComponentNames => _components.Keys;

    public JsonObject Executors => Spec.Map("deploymentSpec").Map("executors") ?? [];

    public CheckedComponent? Component(string? name) => name is null ? null : _components.GetValueOrDefault(name);

    /// <summary>The component that a task runs.</summary>
    public CheckedComponent? ComponentOf(JsonObject task) => Component(task.Map("componentRef").Text("name"));
}

/// <summary>A component of the IR and its interface.</summary>
internal sealed class CheckedComponent(string name, JsonObject json, JsonPath path)
{
    public string Name { get; } = name;

    public JsonObject Json { get; } = json;

    public JsonPath Path { get; } = path;

    /// <summary>By name; the type is null where it is unknown.</summary>
    public Dictionary<string, Port> Inputs { get; } = Ports(json.Map("inputDefinitions"));

    public Dictionary<string, Port> Outputs { get; } = Ports(json.Map("outputDefinitions"));

    public JsonObject? Dag => Json.Map("dag");

    public JsonObject Tasks => Dag.Map("tasks") ?? [];

    public string? ExecutorLabel => Json.Text("executorLabel");

    private static Dictionary<string, Port> Ports(JsonObject? definitions)
    {
        var ports = new Dictionary<string, Port>(StringComparer.Ordinal);
        foreach (var kind in new[] { "parameters", "artifacts" })
        {
            foreach (var (name, definition) in definitions.Map(kind).Maps())
            {
                ports[name] = new Port(kind == "artifacts", IrType.Of(definition), definition);
            }
        }

        return ports;
    }
}

/// <summary>An input or output of a component.</summary>
internal sealed record Port(bool IsArtifact, DataType? Type, JsonObject Definition)
{
    public bool IsRequired => !Definition.Flag("isOptional") && Definition["defaultValue"] is null && Type != DataType.TaskFinalStatus && Type?.Name != "TASK_CONFIG";
}
