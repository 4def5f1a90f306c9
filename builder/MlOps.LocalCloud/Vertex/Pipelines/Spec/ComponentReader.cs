using System.Collections.Immutable;
using System.Text.Json;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Spec;

/// <summary>Reads <c>ComponentSpec</c>: input and output definitions, and the graph or executor behind them.</summary>
internal static class ComponentReader
{
    public static Component Component(string name, SpecNode node)
    {
        var (inputs, outputs) = (node.Map("inputDefinitions"), node.Map("outputDefinitions"));
        var component = new Component(
            name, Parameters(inputs), Artifacts(inputs), Parameters(outputs), Artifacts(outputs), node.Map("dag") is { } dag ? DagReader.Dag(dag) : null, node.Text("executorLabel"));
        if (component.Dag is null == component.ExecutorLabel is null)
        {
            node.Fault("expected either 'dag' or 'executorLabel'");
        }

        return component;
    }

    public static ArtifactType Type(SpecNode? node)
    {
        if (node?.Text("schemaTitle") is { Length: > 0 } title)
        {
            return new ArtifactType(title, node.Text("schemaVersion") ?? "0.0.1");
        }

        // TFX writes the schema itself, as YAML with a line "title: tfx.Examples".
        var line = node?.Text("instanceSchema")?.Split('\n').FirstOrDefault(line => line.StartsWith("title:", StringComparison.Ordinal));
        return line is null ? ArtifactType.Any : new ArtifactType(line["title:".Length..].Trim(), "0.0.1");
    }

    private static ImmutableSortedDictionary<string, ParameterDefinition> Parameters(SpecNode? definitions) =>
        (definitions?.Maps("parameters") ?? []).ToImmutableSortedDictionary(pair => pair.Key, pair => Parameter(pair.Node), StringComparer.Ordinal);

    private static ParameterDefinition Parameter(SpecNode node)
    {
        var named = node.Text("parameterType") ?? node.Text("type");
        var type = ParameterTypes.Of(named);
        if (type is null)
        {
            node.Fault(named is null ? "'parameterType' is missing" : $"the parameter type '{named}' is not known");
        }

        var value = node.Any("defaultValue");
        var literals = node.Any("literals") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : ImmutableArray<JsonElement>.Empty;
        return new ParameterDefinition(type ?? ParameterType.Undeclared, node.Flag("isOptional") || value is not null, value, literals);
    }

    private static ImmutableSortedDictionary<string, ArtifactDefinition> Artifacts(SpecNode? definitions) =>
        (definitions?.Maps("artifacts") ?? []).ToImmutableSortedDictionary(pair => pair.Key, pair => Artifact(pair.Node), StringComparer.Ordinal);

    private static ArtifactDefinition Artifact(SpecNode node) =>
        new(Type(node.Map("artifactType")), node.Flag("isArtifactList"), node.Flag("isOptional"), node.Map("metadata")?.Value ?? Json.EmptyMap);
}
