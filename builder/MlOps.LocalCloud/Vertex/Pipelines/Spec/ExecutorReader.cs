using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Spec;

/// <summary>Reads <c>PipelineDeploymentConfig.ExecutorSpec</c>.</summary>
internal static class ExecutorReader
{
    public static Executor Executor(SpecNode node)
    {
        if (node.Map("container") is { } container)
        {
            return Container(container);
        }

        if (node.Map("importer") is { } importer)
        {
            return Importer(importer);
        }

        if (node.Map("resolver") is { } resolver)
        {
            return Resolver(resolver);
        }

        return new Executor.Unsupported(node.Value.EnumerateObject().Select(pair => pair.Name).FirstOrDefault() ?? "nothing");
    }

    private static Executor.Container Container(SpecNode node)
    {
        if (node.Text("image") is not { Length: > 0 })
        {
            node.Fault("'image' is missing");
        }

        var environment = node.List("env").Select(pair => KeyValuePair.Create(pair.Text("name") ?? "", pair.Text("value") ?? ""));
        return new Executor.Container(node.Text("image") ?? "", [.. node.Texts("command")], [.. node.Texts("args")], [.. environment], Limits(node.Map("resources")))
        {
            Driver = node.Map("lifecycle")?.Map("preCacheCheck") is { } hook ? new ContainerHook([.. hook.Texts("command")], [.. hook.Texts("args")]) : null,
        };
    }

    private static Executor.Resolver Resolver(SpecNode node)
    {
        var queries = node.Maps("outputArtifactQueries").ToImmutableSortedDictionary(pair => pair.Key, pair => new ArtifactQuery(pair.Node.Text("filter") ?? "", Math.Max(1, pair.Node.Whole("limit"))), StringComparer.Ordinal);
        if (queries.IsEmpty)
        {
            node.Fault("'outputArtifactQueries' is missing");
        }

        return new Executor.Resolver(queries);
    }

    // The older numbers stand beside the newer texts and mean the same: cores, and decimal gigabytes.
    private static ContainerLimits Limits(SpecNode? node)
    {
        if (node is null)
        {
            return new ContainerLimits(null, null);
        }

        var cpu = node.Text("resourceCpuLimit") ?? (node.Number("cpuLimit") is { } cores ? cores.ToString(CultureInfo.InvariantCulture) : null);
        var memory = node.Text("resourceMemoryLimit") ?? (node.Number("memoryLimit") is { } gigabytes ? gigabytes.ToString(CultureInfo.InvariantCulture) + "G" : null);
        return new ContainerLimits(cpu, memory);
    }

    private static Executor.Importer Importer(SpecNode node)
    {
        var uri = node.Map("artifactUri");
        var (constant, parameter) = (uri?.Constant(), uri?.Text("runtimeParameter"));
        if (constant is null && parameter is null)
        {
            node.Fault("'artifactUri' must be a constant or name a parameter");
        }

        return new Executor.Importer(
            constant is { } value ? Coercion.Text(value) : null, parameter, ComponentReader.Type(node.Map("typeSchema")), Metadata(node), node.Flag("reimport"));
    }

    // Before there was 'metadata', there were two maps of typed values.
    private static JsonElement Metadata(SpecNode node)
    {
        var metadata = (JsonObject?)Json.Node(node.Map("metadata")?.Value ?? Json.EmptyMap) ?? [];
        foreach (var (key, value) in node.Maps("properties").Concat(node.Maps("customProperties")))
        {
            metadata[key] = value.Constant() is { } constant ? Json.Node(constant) : null;
        }

        return Json.Of((JsonNode)metadata);
    }
}
