using System.Globalization;
using System.Text.Json;
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

        return new Executor.Unsupported(node.Value.EnumerateObject().Select(pair => pair.Name).FirstOrDefault() ?? "nothing");
    }

    private static Executor.Container Container(SpecNode node)
    {
        if (node.Text("image") is not { Length: > 0 })
        {
            node.Fault("'image' is missing");
        }

        var environment = node.List("env").Select(pair => KeyValuePair.Create(pair.Text("name") ?? "", pair.Text("value") ?? ""));
        return new Executor.Container(node.Text("image") ?? "", [.. node.Texts("command")], [.. node.Texts("args")], [.. environment], Limits(node.Map("resources")));
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
            constant is { } value ? Coercion.Text(value) : null, parameter, ComponentReader.Type(node.Map("typeSchema")), node.Map("metadata")?.Value ?? Json.EmptyMap, node.Flag("reimport"));
    }
}
