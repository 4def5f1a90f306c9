using System.Globalization;
using System.Text.Json.Nodes;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Outlines;

/// <summary>
/// What a container asks for, in words. The amounts stand in the IR as texts (<c>resourceCpuLimit</c>), beside them or alone, from older
/// compilers, as numbers of CPUs and gigabytes (<c>cpuLimit</c>; specs/pipelines.md, "Resources"). Null: not said.
/// </summary>
internal sealed record ContainerResources(string? Cpu, string? Memory, string? CpuRequest, string? MemoryRequest, string? AcceleratorCount, string? AcceleratorType)
{
    public static ContainerResources Of(JsonObject? resources)
    {
        string? Amount(string key, string numeric, string unit) =>
            resources.Text(key) ?? (resources?[numeric] is JsonValue number ? string.Create(CultureInfo.InvariantCulture, $"{number}{unit}") : null);
        var accelerator = resources.Map("accelerator");
        return new ContainerResources(
            Amount("resourceCpuLimit", "cpuLimit", ""),
            Amount("resourceMemoryLimit", "memoryLimit", "G"),
            Amount("resourceCpuRequest", "cpuRequest", ""),
            Amount("resourceMemoryRequest", "memoryRequest", "G"),
            accelerator is null ? null : accelerator.Text("resourceCount") ?? accelerator["count"]?.ToString() ?? "1",
            accelerator.Text("resourceType") ?? accelerator.Text("type"));
    }
}
