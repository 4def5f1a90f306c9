using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Problems;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>Whether everything is a key that the IR has, with a value of the kind that it has there. What is wrong here, the other checks read as absent.</summary>
internal sealed class ShapeCheck(Report report)
{
    public void Run(JsonObject whole, string message, JsonPath at) => CheckMessage(whole, message, at);

    private void Check(JsonNode? node, string kind, JsonPath at)
    {
        if (kind == "any" || node is null)
        {
            return;
        }

        switch (kind[0], node)
        {
            case ('[', JsonArray list):
                for (var index = 0; index < list.Count; index++)
                {
                    Check(list[index], kind[1..^1], at[index.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
                }

                break;
            case ('{', JsonObject map):
                foreach (var (key, value) in map)
                {
                    Check(value, kind[1..^1], at[key]);
                }

                break;
            case (var letter, JsonObject message) when char.IsAsciiLetterUpper(letter):
                CheckMessage(message, kind, at);
                break;
            default:
                CheckScalar(node, kind, at);
                break;
        }
    }

    private void CheckMessage(JsonObject message, string kind, JsonPath at)
    {
        var fields = IrMessages.Fields(kind)!;
        foreach (var (key, value) in message)
        {
            if (fields.TryGetValue(key, out var inner))
            {
                Check(value, inner, at[key]);
            }
            else
            {
                report.Warning("unknown-key", $"{(at.Parent is null ? $"A {kind}" : $"'{at.Key}'")} has no key '{key}' in the IR; Vertex AI refuses keys that it does not know, and others pass over them.{Suggestion.For(key, fields.Keys)}", at[key]);
            }
        }
    }

    private void CheckScalar(JsonNode node, string kind, JsonPath at)
    {
        var found = node.GetValueKind();
        if (!IrScalar.IsKind(kind, found))
        {
            report.Error("wrong-kind", $"'{at.Key}' must be {IrScalar.Wanted(kind)}; it is {Word(found)}.", at);
        }
        else if (IrScalar.Misread(kind, node) is { } written)
        {
            report.Error("bad-value", $"'{at.Key}' must be {IrScalar.Wanted(kind)}; it is {written}.", at);
        }
    }

    private static string Word(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "a map",
        _ => "true or false",
    };
}
