using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines.Ir;

/// <summary>Executors of the IR: <c>container{image, command, args, env, resources}</c> and <c>importer</c>.</summary>
internal static class ExecutorWriter
{
    public static JsonObject Container(ContainerImplementation container, string image, TaskSettings settings)
    {
        var result = new JsonObject();
        if (image.Length > 0)
        {
            result["image"] = image;
        }

        AddStrings(result, "command", container.Command);
        AddStrings(result, "args", container.Args);
        if (Environment(container.Environment, settings.Environment) is { Count: > 0 } environment)
        {
            result["env"] = environment;
        }

        if (settings.Resources is { } resources && Resources(resources) is { Count: > 0 } written)
        {
            result["resources"] = written;
        }

        return new JsonObject { ["container"] = result };
    }

    private static void AddStrings(JsonObject container, string key, ImmutableArray<string> strings)
    {
        if (!strings.IsEmpty)
        {
            container[key] = new JsonArray([.. strings.Select(text => JsonValue.Create(text))]);
        }
    }

    // The component's variables in their order, the task's values over them, then the task's own.
    private static JsonArray Environment(ImmutableArray<EnvironmentVariable> component, ImmutableArray<EnvironmentVariable> task)
    {
        var order = component.Concat(task).Select(variable => variable.Name).Distinct(StringComparer.Ordinal);
        return new JsonArray([.. order.Select(name => Variable(name, component.Concat(task).Last(variable => variable.Name == name).Value))]);
    }

    private static JsonObject Variable(string name, string value)
    {
        var variable = new JsonObject { ["name"] = name };
        if (value.Length > 0)
        {
            variable["value"] = value;
        }

        return variable;
    }

    // The names with "resource" are the ones in use, the numbers are for older backends.
    private static JsonObject Resources(TaskResources resources)
    {
        var result = new JsonObject();
        Amount(result, "resourceCpuLimit", "cpuLimit", resources.Cpu, ResourceAmount.Processors);
        Amount(result, "resourceMemoryLimit", "memoryLimit", resources.Memory, ResourceAmount.Gigabytes);
        Amount(result, "resourceCpuRequest", "cpuRequest", resources.CpuRequest, ResourceAmount.Processors);
        Amount(result, "resourceMemoryRequest", "memoryRequest", resources.MemoryRequest, ResourceAmount.Gigabytes);
        if (resources.Accelerator is { } accelerator)
        {
            var count = accelerator.Count.ToString(CultureInfo.InvariantCulture);
            result["accelerator"] = new JsonObject { ["type"] = accelerator.Type, ["count"] = count, ["resourceType"] = accelerator.Type, ["resourceCount"] = count };
        }

        return result;
    }

    private static void Amount(JsonObject to, string key, string numberKey, string? written, Func<string, double> number)
    {
        if (written is null)
        {
            return;
        }

        to[key] = written;
        if (number(written) is var value and not 0)
        {
            to[numberKey] = value;
        }
    }
}
