using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Compilation;

/// <summary>Builds the PipelineSpec of a plan in which everything is resolved and named.</summary>
internal sealed class SpecBuilder(Plan plan, Resolver resolver, CompileOptions options, ICollection<Problem> problems)
{
    private readonly JsonObject _components = [];
    private readonly JsonObject _executors = [];
    private readonly TaskWriter _tasks = new(plan, resolver);

    public JsonObject Build()
    {
        var groups = plan.AllGroups().ToList();
        var tasks = groups.SelectMany(group => group.Children.OfType<PlanTask>()).Concat(plan.ExitTask is { } exit ? [exit] : []).ToList();
        var root = Root();
        foreach (var group in groups.Where(group => !group.IsRoot))
        {
            _components[group.ComponentName] = GroupWriter.Component(group);
        }

        foreach (var task in tasks)
        {
            AddOwn(task);
        }

        // Names of nested pipelines give way to all of the pipeline's own, also to those of executors that it could have.
        var reserved = tasks.Select(task => Names.ExecutorPrefix + task.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var task in tasks.Where(task => task.Component!.Implementation is PipelineImplementation))
        {
            _components[task.ComponentName] = PipelineMerger.Merge(((PipelineImplementation)task.Component!.Implementation).Spec, _components, _executors, reserved);
        }

        foreach (var node in groups.SelectMany(group => group.Children).Concat(plan.ExitTask is { } last ? [last] : []))
        {
            var dag = node.Parent!.IsRoot ? root : (JsonObject)_components[node.Parent.ComponentName]!;
            dag["dag"]!["tasks"]![node.Name] = node is PlanTask task ? _tasks.Task(task) : TaskWriter.Group((PlanGroup)node);
        }

        return Whole(root);
    }

    private JsonObject Whole(JsonObject root)
    {
        var definition = plan.Definition;
        var info = new JsonObject { ["name"] = definition.Name };
        AddText(info, "description", definition.Description);
        AddText(info, "displayName", definition.DisplayName);
        var spec = new JsonObject
        {
            ["components"] = _components,
            ["pipelineInfo"] = info,
            ["root"] = root,
            ["schemaVersion"] = IrVersion.Schema,
            ["sdkVersion"] = IrVersion.Sdk,
        };
        AddText(spec, "defaultPipelineRoot", definition.PipelineRoot);
        if (_executors.Count > 0)
        {
            spec["deploymentSpec"] = new JsonObject { ["executors"] = _executors };
        }

        return spec;
    }

    private static void AddText(JsonObject to, string key, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            to[key] = text;
        }
    }

    private JsonObject Root()
    {
        var root = new JsonObject { ["dag"] = new JsonObject { ["tasks"] = new JsonObject() } };
        foreach (var input in plan.Definition.Inputs)
        {
            IoDefinitions.AddInput(root, input.Name, IoDefinitions.Input(input.Type, input.IsOptional, input.Default));
        }

        foreach (var output in plan.Definition.Outputs)
        {
            var channel = (OutputChannel)resolver[output.Value];
            IoDefinitions.AddOutput(root, output.Name, channel.Type);
            GroupWriter.AddOutput(root, output.Name, channel.Type, channel.Producer.Name, channel.Key);
        }

        return root;
    }

    private void AddOwn(PlanTask task)
    {
        var component = task.Component!;
        if (component.Implementation is PipelineImplementation)
        {
            // Its place is taken, its content comes with the merge.
            _components[task.ComponentName] = new JsonObject();
            return;
        }

        var label = Names.ExecutorPrefix + task.Name;
        var written = IoDefinitions.Component(component);
        written["executorLabel"] = label;
        _components[task.ComponentName] = written;
        _executors[label] = component.Implementation switch
        {
            ContainerImplementation container => ExecutorWriter.Container(container, Image(task, container), task.Definition.Settings),
            ImporterImplementation importer => new JsonObject { ["importer"] = importer.Importer.DeepClone() },
            _ => throw new InvalidOperationException("There is no other implementation."),
        };
    }

    private string Image(PlanTask task, ContainerImplementation container)
    {
        var image = task.ComponentFolder is { } folder && options.Images.TryGetValue(folder, out var given) ? given.ToString() : container.Image;
        if (!options.AllowTags && !(ImageReference.TryParse(image, out var reference) && reference.IsPinned))
        {
            var problem = Problem.Error("unpinned-image", $"The image '{image}' is not pinned by digest (NAME@sha256:…), so that a later run may run something else. Rewrite the component with the pushed image, or allow tags (--allow-tags).", container.ImageSpot);
            if (!problems.Contains(problem))
            {
                problems.Add(problem);
            }
        }

        return image;
    }
}
