using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.Pipelines.Yaml;

namespace MlOps.Pipelines.Components;

/// <summary>Reads component.yaml of KFP v1 (<c>implementation.container</c>), as strictly as KFP does (kfp/dsl/v1_structures.py).</summary>
internal sealed class V1Component(bool coerceCustomTypes, ICollection<Problem> problems)
{
    public ComponentSpec? Read(YamlMap file)
    {
        file.OnlyKeys("a component", problems, "name", "description", "metadata", "inputs", "outputs", "implementation", "version");
        var name = file.Text("name", "A component's name", problems) ?? "name";
        if (Names.Kubernetes(name).Length == 0)
        {
            problems.Add(Problem.Error("bad-name", $"The name '{name}' has no letter a-z and no digit, so that nothing is left of it in the IR.", file["name"]!.Spot));
        }

        var description = file.Text("description", "A component's description", problems);
        file.Given("metadata")?.AsMap("A component's metadata", problems)?.OnlyKeys("metadata", problems, "annotations", "labels");
        var valued = coerceCustomTypes ? ValuedInputs(file) : [];
        var inputs = Items(file, "inputs", (map, title) => Input(map, title, valued));
        var outputs = Items(file, "outputs", Output);
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in inputs)
        {
            CheckDistinct(seen, input.Name, input.Title, "input", input.Spot);
        }

        seen.Clear();
        foreach (var output in outputs)
        {
            CheckDistinct(seen, output.Name, output.Title, "output", output.Spot);
        }

        return Container(file, inputs, outputs) is { } container ? new ComponentSpec(name, description, inputs, outputs, container, file.Spot) : null;
    }

    private ImmutableArray<T> Items<T>(YamlMap file, string key, Func<YamlMap, string, T> read)
    {
        if (file.Given(key)?.AsList($"'{key}'", problems) is not { } list)
        {
            return [];
        }

        var items = ImmutableArray.CreateBuilder<T>();
        foreach (var node in list.Items)
        {
            if (node.AsMap($"An entry of '{key}'", problems) is not { } map)
            {
                continue;
            }

            if (map.Given("name") is null)
            {
                problems.Add(Problem.Error("missing-key", $"An entry of '{key}' needs a name.", map.Spot));
            }
            else if (map.Text("name", "A name", problems) is { } title)
            {
                items.Add(read(map, title));
            }
        }

        return items.ToImmutable();
    }

    private ComponentInput Input(YamlMap map, string title, HashSet<string> valued)
    {
        map.OnlyKeys($"input '{title}'", problems, "name", "type", "description", "default", "optional", "annotations");
        var type = V1Type.Of(map["type"], isInput: true);
        if (type == DataType.AnyArtifact && valued.Contains(title) && V1Type.IsCustom(map["type"]))
        {
            type = DataType.String;
        }

        var optional = map.Flag("optional", $"'optional' of input '{title}'", problems) || map.Entry("default") is not null || type == DataType.TaskFinalStatus;
        var value = V1Default.Cast(map["default"], type, title, problems);
        var description = map.Text("description", $"The description of input '{title}'", problems);
        return new ComponentInput(Names.Key(title), title, type, optional, value, description, map["name"]!.Spot);
    }

    private ComponentOutput Output(YamlMap map, string title)
    {
        map.OnlyKeys($"output '{title}'", problems, "name", "type", "description", "annotations");
        var description = map.Text("description", $"The description of output '{title}'", problems);
        return new ComponentOutput(Names.Key(title), title, V1Type.Of(map["type"], isInput: false), description, map["name"]!.Spot);
    }

    // Upstream merges names that become equal without a word.
    private void CheckDistinct(Dictionary<string, string> seen, string name, string title, string what, SourceSpot spot)
    {
        if (name.Length == 0)
        {
            problems.Add(Problem.Error("bad-name", $"The name '{title}' has no letter a-z and no digit, so that nothing is left of it in the IR.", spot));
        }
        else if (!seen.TryAdd(name, title))
        {
            var twice = seen[name] == title ? $"There are two {what}s '{title}'" : $"The {what}s '{title}' and '{seen[name]}' are both '{name}' in the IR";
            problems.Add(Problem.Error("name-collision", $"{twice}; rename one.", spot));
        }
    }

    private ContainerImplementation? Container(YamlMap file, ImmutableArray<ComponentInput> inputs, ImmutableArray<ComponentOutput> outputs)
    {
        if (file.Given("implementation")?.AsMap("'implementation'", problems) is not { } implementation)
        {
            Missing(file, "implementation", "A component needs 'implementation', with a 'container' in it");
            return null;
        }

        if (implementation.Entry("graph") is { } graph)
        {
            problems.Add(Problem.Error("graph-component", "Graph components are not part of KFP 2; write a pipeline definition and use it with 'pipeline:'.", graph.Key.Spot));
            return null;
        }

        implementation.OnlyKeys("'implementation'", problems, "container");
        if (implementation.Given("container")?.AsMap("'container'", problems) is not { } container)
        {
            Missing(implementation, "container", "'implementation' needs 'container'");
            return null;
        }

        return Container(container, new V1Argument(inputs, CustomTypes(file), outputs, problems), outputs);
    }

    private ContainerImplementation? Container(YamlMap container, V1Argument argument, ImmutableArray<ComponentOutput> outputs)
    {
        if (container.Entry("resources") is { } resources)
        {
            problems.Add(Problem.Error("unknown-key", "A component cannot ask for resources; a task does, with 'resources' in the pipeline definition.", resources.Key.Spot));
        }

        container.OnlyKeys("'container'", problems, "image", "command", "args", "env", "fileOutputs", "resources");
        CheckFileOutputs(container, outputs);
        var command = Strings(container, "command", argument);
        var args = Strings(container, "args", argument);
        var environment = Environment(container);
        if (container.Given("image") is not { } image)
        {
            Missing(container, "image", "A container needs an image");
            return null;
        }

        if (image is YamlScalar { Value: "" })
        {
            problems.Add(Problem.Warning("empty-image", "The image is empty: nothing can run before one is put in.", image.Spot));
        }

        return image.AsText("A container's image", problems) is { } text ? new ContainerImplementation(text, image.Spot, command, args, environment) : null;
    }

    // What inputs whose type the author made up say of it, by title.
    private static Dictionary<string, string> CustomTypes(YamlMap file)
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var map in (file["inputs"] as YamlList)?.Items.OfType<YamlMap>() ?? [])
        {
            if (map["name"] is YamlScalar title && V1Type.IsCustom(map["type"]))
            {
                types[title.Text] = map["type"] switch
                {
                    YamlScalar { Value: string written } => $"has the type {written}, which is not one of KFP's",
                    YamlMap { Entries: [var only] } => $"has the type {only.Key.Text}, which is not one of KFP's",
                    null or YamlScalar { Value: null } => "has no type",
                    _ => "has a type that is not one of KFP's",
                };
            }
        }

        return types;
    }

    private void Missing(YamlMap map, string key, string message)
    {
        if (map.Given(key) is null)
        {
            var near = map.Entries.FirstOrDefault(entry => Suggestion.Distance(entry.Key.Text, key) <= 2);
            problems.Add(Problem.Error("missing-key", $"{message}.{(near is null ? "" : $" Is '{near.Key.Text}' meant to be '{key}'?")}", near?.Key.Spot ?? map.Spot));
        }
    }

    private ImmutableArray<string> Strings(YamlMap container, string key, V1Argument argument) =>
        container.Given(key)?.AsList($"'{key}'", problems) is { } list ? [.. list.Items.Select(argument.Text).OfType<string>()] : [];

    private ImmutableArray<EnvironmentVariable> Environment(YamlMap container)
    {
        if (container.Given("env")?.AsMap("'env'", problems) is not { } map)
        {
            return [];
        }

        var variables = ImmutableArray.CreateBuilder<EnvironmentVariable>();
        foreach (var entry in map.Entries)
        {
            if (entry.Value is YamlMap)
            {
                problems.Add(Problem.Error("placeholder-in-env", $"The environment variable {entry.Key.Text} must be a string: KFP's IR fills in no placeholders there. Pass the value as an argument.", entry.Value.Spot));
            }
            else if (entry.Value.AsText($"The environment variable {entry.Key.Text}", problems) is { } value)
            {
                variables.Add(new EnvironmentVariable(entry.Key.Text, value));
            }
        }

        return variables.ToImmutable();
    }

    private void CheckFileOutputs(YamlMap container, ImmutableArray<ComponentOutput> outputs)
    {
        foreach (var entry in container.Given("fileOutputs")?.AsMap("'fileOutputs'", problems)?.Entries ?? [])
        {
            if (outputs.All(output => output.Title != entry.Key.Text))
            {
                problems.Add(Problem.Error("unknown-output", $"The component has no output '{entry.Key.Text}'.{Suggestion.For(entry.Key.Text, outputs.Select(output => output.Title))}", entry.Key.Spot));
            }
        }
    }

    // The titles of all inputs that some argument uses by value.
    private static HashSet<string> ValuedInputs(YamlNode node)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        Visit(node);
        return found;

        void Visit(YamlNode at)
        {
            foreach (var item in (at as YamlList)?.Items ?? [])
            {
                Visit(item);
            }

            foreach (var (key, value) in (at as YamlMap)?.Entries ?? [])
            {
                if (key.Text == "inputValue" && value is YamlScalar title)
                {
                    found.Add(title.Text);
                }

                Visit(value);
            }
        }
    }
}
