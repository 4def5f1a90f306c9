using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.Pipelines.Ir;
using MlOps.Pipelines.Yaml;

namespace MlOps.Pipelines.Components;

/// <summary>
/// The command line of a v1 component: strings and placeholders, made into the strings of the IR. References and types
/// are checked on the way.
/// </summary>
/// <param name="customTypes">For inputs without a type of KFP's: what there is to say of it, by title.</param>
internal sealed class V1Argument(IReadOnlyList<ComponentInput> inputs, IReadOnlyDictionary<string, string> customTypes, IReadOnlyList<ComponentOutput> outputs, ICollection<Problem> problems)
{
    private static readonly string[] Placeholders = ["inputValue", "inputPath", "inputUri", "outputPath", "outputUri", "executorInput", "concat", "if"];

    /// <summary>One element of <c>command</c> or <c>args</c> as the IR's string; null, with a problem, where it is none.</summary>
    public string? Text(YamlNode node) => Element(node, inConcat: false) switch
    {
        null => null,
        JsonObject structure => PythonJson.Text(structure),
        var text => text.GetValue<string>(),
    };

    // A string, or the object of Concat and IfPresent.
    private JsonNode? Element(YamlNode node, bool inConcat)
    {
        switch (node)
        {
            case YamlScalar { Value: string text }:
                return text;
            case YamlScalar { Value: not null } scalar:
                return Fault(node, "bad-argument", $"An argument must be a string or a placeholder; this is {scalar.Kind}. Put it in quotes: '{scalar.Text}'.");
            case YamlMap { Entries.Length: 1 } map:
                return Placeholder(map.Entries[0], inConcat);
            default:
                return Fault(node, "bad-argument", $"An argument must be a string or a map with one key, the placeholder's name ({string.Join(", ", Placeholders)}); this is {node.Kind}.");
        }
    }

    private JsonNode? Placeholder(YamlEntry entry, bool inConcat) => entry.Key.Text switch
    {
        "inputValue" => Input(entry, wantsArtifact: false) is { } input ? $"{{{{$.inputs.parameters['{input.Name}']}}}}" : null,
        "inputPath" => Input(entry, wantsArtifact: true) is { } input ? $"{{{{$.inputs.artifacts['{input.Name}'].path}}}}" : null,
        "inputUri" => Input(entry, wantsArtifact: true) is { } input ? $"{{{{$.inputs.artifacts['{input.Name}'].uri}}}}" : null,
        "outputPath" => Output(entry) switch
        {
            null => null,
            { Type.IsArtifact: true } output => $"{{{{$.outputs.artifacts['{output.Name}'].path}}}}",
            var output => $"{{{{$.outputs.parameters['{output.Name}'].output_file}}}}",
        },
        "outputUri" => ArtifactOutput(entry) is { } output ? $"{{{{$.outputs.artifacts['{output.Name}'].uri}}}}" : null,
        "executorInput" => "{{$}}",
        "concat" => Concat(entry.Value),
        "if" => If(entry.Value, inConcat),
        var name => Fault(entry.Key, "unknown-placeholder", $"Unknown placeholder '{name}'.{Suggestion.For(name, Placeholders)}"),
    };

    private ComponentInput? Input(YamlEntry entry, bool wantsArtifact)
    {
        if (Named(entry, "input", inputs, input => input.Title) is not { } input)
        {
            return null;
        }

        if (input.Type.IsArtifact == wantsArtifact)
        {
            return input;
        }

        Fault(entry.Value, "wrong-placeholder", wantsArtifact
            ? $"Input '{input.Title}' is a parameter (type {input.Type}): use inputValue, not {entry.Key.Text}, or give the input an artifact type such as Dataset."
            : customTypes.TryGetValue(input.Title, out var custom)
            ? $"Input '{input.Title}' {custom}, so that KFP 2 takes it for an artifact, and an artifact has no value. Give it 'type: String' (or Integer, …), or use inputPath; to take all such inputs for strings: mlops compile --coerce-custom-types, in a repo 'components: {{coerceCustomTypes: true}}' in mlops.yaml."
            : $"Input '{input.Title}' is an artifact (type {input.Type}), and an artifact has no value: give the input a parameter type such as String, or use inputPath.");
        return null;
    }

    private ComponentOutput? Output(YamlEntry entry) => Named(entry, "output", outputs, output => output.Title);

    private ComponentOutput? ArtifactOutput(YamlEntry entry)
    {
        if (Output(entry) is not { } output || output.Type.IsArtifact)
        {
            return Output(entry);
        }

        Fault(entry.Value, "wrong-placeholder", $"Output '{output.Title}' is a parameter (type {output.Type}) and has no URI: use outputPath, or give the output an artifact type such as Dataset.");
        return null;
    }

    private T? Named<T>(YamlEntry entry, string what, IReadOnlyList<T> declared, Func<T, string> title)
        where T : class
    {
        if (entry.Value.AsText($"The name after '{entry.Key.Text}'", problems) is not { } name)
        {
            return null;
        }

        if (declared.FirstOrDefault(one => title(one) == name) is { } found)
        {
            return found;
        }

        Fault(entry.Value, $"unknown-{what}", $"The component has no {what} '{name}'.{Suggestion.For(name, declared.Select(title))}");
        return null;
    }

    private JsonObject? Concat(YamlNode node)
    {
        if (node.AsList("The value of 'concat'", problems) is not { } list)
        {
            return null;
        }

        return Elements(list, inConcat: true) is { } items ? new JsonObject { ["Concat"] = items } : null;
    }

    private JsonObject? If(YamlNode node, bool inConcat)
    {
        if (node.AsMap("The value of 'if'", problems) is not { } map)
        {
            return null;
        }

        map.OnlyKeys("an if placeholder", problems, "cond", "then", "else");
        var present = Present(map);
        var then = Branch(map, "then", inConcat);
        var otherwise = Branch(map, "else", inConcat);
        if (map.Given("then") is null)
        {
            Fault(map, "missing-key", "An if placeholder needs 'then': what is passed when the input is present.");
        }

        if (present is null || then is null)
        {
            return null;
        }

        var structure = new JsonObject { ["InputName"] = present.Name, ["Then"] = then };
        if (otherwise is not (null or JsonArray { Count: 0 }) && !(otherwise is JsonValue text && text.ToString().Length == 0))
        {
            structure["Else"] = otherwise;
        }

        return new JsonObject { ["IfPresent"] = structure };
    }

    private ComponentInput? Present(YamlMap map)
    {
        if (map.Given("cond") is YamlMap { Entries: [{ Key.Text: "isPresent" } present] })
        {
            return Named(present, "input", inputs, input => input.Title);
        }

        Fault(map.Given("cond") ?? map, "bad-condition", "The condition of an if placeholder must be 'cond: {isPresent: INPUT}'; KFP's IR knows no other.");
        return null;
    }

    private JsonNode? Branch(YamlMap map, string key, bool inConcat)
    {
        if (map.Given(key) is not { } branch)
        {
            return null;
        }

        if (branch is not YamlList list)
        {
            return Element(branch, inConcat);
        }

        return inConcat
            ? Fault(list, "list-in-concat", $"An if inside concat makes one string: its '{key}' must be one element, not a list.")
            : Elements(list, inConcat: false);
    }

    private JsonArray? Elements(YamlList list, bool inConcat)
    {
        var elements = list.Items.Select(item => Element(item, inConcat)).ToArray();
        return Array.TrueForAll(elements, element => element is not null) ? new JsonArray(elements) : null;
    }

    private JsonNode? Fault(YamlNode at, string code, string message)
    {
        problems.Add(Problem.Error(code, message, at.Spot));
        return null;
    }
}
