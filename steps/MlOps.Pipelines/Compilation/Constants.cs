using System.Text;
using System.Text.Json.Nodes;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines.Compilation;

/// <summary>Argument values as the IR's constants, with placeholders for what is filled in at run time.</summary>
internal sealed class Constants(Resolver resolver)
{
    public JsonNode? Of(ArgumentValue value) => value switch
    {
        ScalarValue scalar => Scalar(scalar.Value),
        TextValue text => JsonValue.Create(Text(text)),
        ListValue list => new JsonArray([.. list.Items.Select(Of)]),
        MapValue map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, Of(entry.Value)))),
        ReferenceValue { Expression: RunReference run } => JsonValue.Create(run.Placeholder),
        _ => throw new InvalidOperationException("A reference alone is no constant."),
    };

    /// <summary>What the text of a value fills in; each becomes an input of the task.</summary>
    public IEnumerable<Channel> In(ArgumentValue value) => value switch
    {
        TextValue text => text.Parts.Select(part => part.Expression).Where(expression => expression is not (null or RunReference)).Select(expression => resolver[expression!]),
        ListValue list => list.Items.SelectMany(In),
        MapValue map => map.Entries.SelectMany(entry => In(entry.Value)),
        _ => [],
    };

    private string Text(TextValue text)
    {
        var result = new StringBuilder();
        foreach (var part in text.Parts)
        {
            result.Append(part.Expression switch
            {
                null => part.Text,
                RunReference run => run.Placeholder,
                var expression => $"{{{{$.inputs.parameters['{resolver[expression].InjectedName}']}}}}",
            });
        }

        return result.ToString();
    }

    public static JsonValue? Scalar(object? value) => value switch
    {
        null => null,
        bool flag => JsonValue.Create(flag),
        long whole => JsonValue.Create(whole),
        double number => JsonValue.Create(number),
        _ => JsonValue.Create((string)value),
    };
}
