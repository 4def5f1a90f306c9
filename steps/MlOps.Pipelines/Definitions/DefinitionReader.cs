using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Ir;
using MlOps.Pipelines.Yaml;

namespace MlOps.Pipelines.Definitions;

/// <summary>Reads a definition's file: everything that can be seen without the components.</summary>
internal sealed class DefinitionReader(string? path, string text, ICollection<Problem> problems)
{
    private static readonly string[] Keys = ["name", "description", "displayName", "pipelineRoot", "inputs", "tasks", "onExit", "outputs"];
    private readonly ValueReader _values = new(text, problems);

    public PipelineDefinition? Read()
    {
        if (YamlText.ParseOne(path, text, problems)?.AsMap("A pipeline definition", problems) is not { } file)
        {
            return null;
        }

        if (Mistaken(file) is { } mistake)
        {
            problems.Add(Problem.Error("not-a-definition", mistake, file.Spot));
            return null;
        }

        file.OnlyKeys("a pipeline definition", problems, Keys);
        var blocks = new BlockReader(_values, problems);
        var onExit = file.Given("onExit") is { } exit ? blocks.ExitTask(exit) : null;
        return new PipelineDefinition(
            Name(file),
            file.Text("description", "The description", problems),
            file.Text("displayName", "The display name", problems),
            file.Text("pipelineRoot", "The pipeline root", problems),
            Inputs(file),
            blocks.Block(file, "a pipeline"),
            onExit,
            Outputs(file),
            file.Spot);
    }

    private static string? Mistaken(YamlMap file)
    {
        if (file["pipelineInfo"] is not null || file["deploymentSpec"] is not null)
        {
            return "This is a compiled pipeline, not a definition; it needs no compiling, and is nested with 'component:'.";
        }

        return file["implementation"] is not null ? "This is a component, not a pipeline definition." : null;
    }

    private string Name(YamlMap file)
    {
        if (file.Given("name") is not { } node)
        {
            problems.Add(Problem.Error("missing-key", "A pipeline needs a name.", file.Spot));
            return "";
        }

        if (node.AsText("The pipeline's name", problems) is { } name && !IdRules.IsPipelineName(name))
        {
            var near = Names.Kubernetes(name) is { Length: > 0 and <= 128 } fitting && fitting != name ? $" '{fitting}' would do." : "";
            problems.Add(Problem.Error("bad-name", $"'{name}' cannot be a pipeline's name: it begins with a-z or 0-9 and has up to 128 of a-z, 0-9 and -.{near}", node.Spot));
        }

        return (node as YamlScalar)?.Text ?? "";
    }

    private ImmutableArray<PipelineParameter> Inputs(YamlMap file)
    {
        var inputs = ImmutableArray.CreateBuilder<PipelineParameter>();
        foreach (var entry in file.Given("inputs")?.AsMap("'inputs'", problems)?.Entries ?? [])
        {
            IdRules.CheckName(entry.Key, "an input", problems);
            if (Input(entry) is { } input)
            {
                inputs.Add(input);
            }
        }

        return inputs.ToImmutable();
    }

    private PipelineParameter? Input(YamlEntry entry)
    {
        var name = entry.Key.Text;
        if (entry.Value.AsMap($"Input '{name}'", problems) is not { } map)
        {
            return null;
        }

        map.OnlyKeys($"input '{name}'", problems, "type", "default");
        if (map.Given("type") is not { } typeNode)
        {
            problems.Add(Problem.Error("missing-key", $"Input '{name}' needs a type.", entry.Key.Spot));
            return null;
        }

        if (typeNode.AsText($"The type of input '{name}'", problems) is not { } written || DefinitionType.Parse(written, typeNode.Spot, problems) is not { } type)
        {
            return null;
        }

        var value = map["default"] is { } node ? Default(name, type, node) : null;
        return new PipelineParameter(name, type, map["default"] is not null, value, entry.Key.Spot);
    }

    private JsonNode? Default(string name, DataType type, YamlNode node)
    {
        if (node is YamlScalar { Value: null })
        {
            return null;
        }

        if (type.IsArtifact)
        {
            problems.Add(Problem.Error("wrong-type", $"Input '{name}' is an artifact, which can have no default but null.", node.Spot));
            return null;
        }

        var value = YamlJson.Of(node, problems);
        return value is null || (CheckExact(type, node) & CheckDefault($"The default of input '{name}'", type, node)) ? value : null;
    }

    private bool CheckExact(DataType type, YamlNode node)
    {
        var beyond = type == DataType.Double ? [] : ExactIntegers.Beyond(node).ToArray();
        foreach (var odd in beyond)
        {
            problems.Add(Problem.Error("wrong-type", ExactIntegers.Message(odd), odd.Spot));
        }

        return beyond.Length == 0;
    }

    private bool CheckDefault(string what, DataType type, YamlNode node)
    {
        var isFraction = type == DataType.Integer && node is YamlScalar { Value: double };
        var isTold = type == DataType.Integer && node is YamlScalar { Value: long };
        if (isFraction || !(isTold || (YamlJson.Of(node, []) is { } value && PipelineInputs.Fits(value, type))))
        {
            var quoted = type == DataType.String && node is YamlScalar { Value: long or double or bool } scalar ? $" Put it in quotes: '{scalar.Text}'" : "";
            problems.Add(Problem.Error("wrong-type", $"{what} is {node.Kind}; expected {DefinitionType.Wanted(type)}.{quoted}", node.Spot));
            return false;
        }

        return type.Items is not { } items || node switch
        {
            YamlList list => list.Items.Count(item => !CheckDefault($"An item of {Lower(what)}", items, item)) == 0,
            YamlMap map => map.Entries.Count(entry => !CheckDefault($"'{entry.Key.Text}' in {Lower(what)}", items, entry.Value)) == 0,
            _ => true,
        };

        static string Lower(string text) => char.ToLowerInvariant(text[0]) + text[1..];
    }

    private ImmutableArray<PipelineOutput> Outputs(YamlMap file)
    {
        var outputs = ImmutableArray.CreateBuilder<PipelineOutput>();
        foreach (var entry in file.Given("outputs")?.AsMap("'outputs'", problems)?.Entries ?? [])
        {
            IdRules.CheckName(entry.Key, "an output", problems);
            if (_values.Reference(entry.Value, $"Output '{entry.Key.Text}'") is { } expression)
            {
                outputs.Add(new PipelineOutput(entry.Key.Text, expression, entry.Key.Spot));
            }
        }

        return outputs.ToImmutable();
    }
}
