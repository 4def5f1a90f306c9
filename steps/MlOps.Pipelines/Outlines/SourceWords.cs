using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlOps.Core.Cel;
using MlOps.Core.Files;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Outlines;

/// <summary>Values and conditions as people write them in definitions: <c>inputs.rows</c>, <c>train.outputs.auc &gt;= 0.9</c>.</summary>
/// <param name="outline">The pipeline that they are of.</param>
/// <param name="nameOf">The name of a task.</param>
/// <param name="isShort">Without <c>inputs.</c> and <c>outputs.</c>, for pictures.</param>
/// <param name="itemsOf">What a loop goes over where that is to be said in other words; null for its own.</param>
internal sealed partial class SourceWords(PipelineOutline outline, Func<OutlineNode, string> nameOf, bool isShort = false, Func<OutlineNode, string?>? itemsOf = null)
{
    /// <summary>The names of the inputs that a text fills in.</summary>
    public static IEnumerable<string> FilledIn(string text) => Filled().Matches(text).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal);

    /// <summary>The names of the inputs that a condition compares.</summary>
    public static IEnumerable<string> Compared(string condition) => CelParser.Fault(condition) is not null
        ? []
        : CelWalk.All(CelParser.Parse(condition)).OfType<CelExpression.Index>().Select(index => (index.Key as CelExpression.Literal)?.Value).OfType<string>().Distinct(StringComparer.Ordinal);

    public string Of(OutlineSource source) => source switch
    {
        OutlineSource.Input input => isShort ? input.Name : $"inputs.{input.Name}",
        OutlineSource.Output output => isShort ? $"{nameOf(output.Task)}.{output.Key}" : $"{nameOf(output.Task)}.outputs.{output.Key}",
        OutlineSource.OneOf one => $"oneOf({string.Join(", ", one.Sources.Select(Of))})",
        OutlineSource.Collected collected => $"collected({Of(collected.Of)})",
        OutlineSource.Item item => isShort ? "item" : $"item of {itemsOf?.Invoke(item.Loop) ?? Items(item.Loop)}",
        OutlineSource.Part part => $"{Of(part.Of)}{Selected(part.Selector)}",
        OutlineSource.Status status => status.Of is null ? "status" : $"status of {Whole(status.Of)}",
        OutlineSource.Constant constant => Constant(constant),
        _ => "nothing",
    };

    /// <summary>What a loop goes over.</summary>
    public string Items(OutlineNode loop)
    {
        var items = loop.Iterator.Map("items");
        if (items.Text("raw") is { } raw)
        {
            return OneLine(raw);
        }

        return items.Text("inputParameter") is { } parameter ? Of(outline.Input(loop, parameter, isArtifact: false))
            : items.Text("inputArtifact") is { } artifact ? Of(outline.Input(loop, artifact, isArtifact: true))
            : "nothing";
    }

    /// <summary>The condition of a task; as it stands where it cannot be read.</summary>
    public string? Condition(OutlineNode task) =>
        task.Condition is not { } condition ? null : CelParser.Fault(condition) is not null ? condition : CelWalk.Text(CelParser.Parse(condition), part => Input(task, part));

    /// <summary>The parts of a condition that must all hold.</summary>
    public string[] Conjuncts(OutlineNode task) => task.Condition is not { } condition || CelParser.Fault(condition) is not null
        ? []
        : [.. CelWalk.Conjuncts(CelParser.Parse(condition)).Select(part => CelWalk.Text(part, one => Input(task, one)))];

    /// <summary>A task; of a box what kind it is.</summary>
    public string Whole(OutlineNode node) => node.Kind switch
    {
        OutlineKind.Condition => $"if {Condition(node)}",
        OutlineKind.Branches => "branches",
        OutlineKind.Loop => $"for each item of {Items(node)}",
        OutlineKind.ExitHandler => "the exit handler's tasks",
        _ => nameOf(node),
    };

    private string Constant(OutlineSource.Constant constant)
    {
        var text = constant.Value is null ? "null" : constant.Value.Readable();
        return constant.For is not { } task ? text : Filled().Replace(text, match => outline.FilledIn(task, match.Groups["name"].Value) is { } source ? $"${{{{ {Of(source)} }}}}" : match.Value);
    }

    // What compilers wrap around a value so that types agree says nothing to people.
    private string? Input(OutlineNode task, CelExpression part)
    {
        if (part is CelExpression.Call { Function: "int" or "double" or "bool" or "string", Target: null, Arguments: [var inner] } && Input(task, inner) is { } wrapped)
        {
            return wrapped;
        }

        return part switch
        {
            CelExpression.Call { Function: "int" or "double", Target: null, Arguments: [CelExpression.Literal { Value: long or double } number] } => CelWalk.Text(number, _ => null),
            CelExpression.Index { Key: CelExpression.Literal { Value: string name }, Of: CelExpression.Field { Key: "parameter_values", Of: CelExpression.Name { Text: "inputs" } } } => Given(task, name),
            CelExpression.Field { Key: "string_value" or "int_value" or "double_value", Of: CelExpression.Index { Key: CelExpression.Literal { Value: string name }, Of: CelExpression.Field { Key: "parameters", Of: CelExpression.Name { Text: "inputs" } } } } => Given(task, name),
            _ => null,
        };
    }

    private string Given(OutlineNode task, string name) => outline.Input(task, name, isArtifact: false) is var source && source is OutlineSource.Nothing ? name : Of(source);

    // parseJson(string_value)["a"][0] -> .a[0]
    private static string Selected(string selector)
    {
        var keys = Selector().Match(selector);
        return !keys.Success ? $" ({selector})" : string.Concat(keys.Groups["key"].Captures.Select(key => int.TryParse(key.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? $"[{key.Value}]" : $".{key.Value.Trim('"', '\'')}"));
    }

    private static string OneLine(string text)
    {
        try
        {
            return JsonNode.Parse(text)?.Readable() ?? text;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    [GeneratedRegex(@"\{\{\$\.inputs\.parameters\[(\\u0027|')(?<name>[^'\\]*)(\\u0027|')\]\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Filled();

    [GeneratedRegex(@"^parseJson\(string_value\)(\[(?<key>[0-9]+|""[^""]*""|'[^']*')\])+$", RegexOptions.CultureInvariant)]
    private static partial Regex Selector();
}
