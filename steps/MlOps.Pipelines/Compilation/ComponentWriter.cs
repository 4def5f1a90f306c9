using System.Text.Json.Nodes;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Compilation;

/// <summary>A component alone as a pipeline of one task, as KFP's <c>load_component</c> and compile make it.</summary>
internal static class ComponentWriter
{
    public static CompiledPipelineSpec Pipeline(ComponentSpec component, ContainerImplementation container)
    {
        var name = Names.Kubernetes(component.Name);
        var label = Names.ExecutorPrefix + name;
        var own = IoDefinitions.Component(component);
        own["executorLabel"] = label;
        return new CompiledPipelineSpec(name, new JsonObject
        {
            ["components"] = new JsonObject { [Names.ComponentPrefix + name] = own },
            ["deploymentSpec"] = new JsonObject { ["executors"] = new JsonObject { [label] = ExecutorWriter.Container(container, container.Image, new TaskSettings()) } },
            ["pipelineInfo"] = new JsonObject { ["name"] = name },
            ["root"] = Root(component, name),
            ["schemaVersion"] = IrVersion.Schema,
            ["sdkVersion"] = IrVersion.Sdk,
        });
    }

    private static JsonObject Root(ComponentSpec component, string task)
    {
        var root = IoDefinitions.Component(component);
        var spec = new JsonObject
        {
            ["cachingOptions"] = new JsonObject { ["enableCache"] = true },
            ["componentRef"] = new JsonObject { ["name"] = Names.ComponentPrefix + task },
            ["taskInfo"] = new JsonObject { ["name"] = task },
        };
        foreach (var input in component.Inputs)
        {
            TaskWriter.AddInput(spec, input.Name, input.Type.IsArtifact, new JsonObject { [input.Type.IsArtifact ? "componentInputArtifact" : "componentInputParameter"] = input.Name });
        }

        root["dag"] = new JsonObject { ["tasks"] = new JsonObject { [task] = spec } };
        foreach (var output in component.Outputs)
        {
            GroupWriter.AddOutput(root, output.Name, output.Type, task, output.Name);
        }

        return root;
    }
}
