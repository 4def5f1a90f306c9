using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Yaml;

namespace MlOps.LocalCloud.Vertex.Pipelines.Values;

/// <summary>YAML (of which JSON is a part) as a JSON value.</summary>
internal static class YamlValue
{
    public static JsonElement Of(YamlNode node) => Json.Of(Node(node));

    private static JsonNode? Node(YamlNode node) => node switch
    {
        YamlMap map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, Node(entry.Value)))),
        YamlList list => new JsonArray([.. list.Items.Select(Node)]),
        YamlScalar { Value: bool flag } => JsonValue.Create(flag),
        YamlScalar { Value: long number } => JsonValue.Create(number),
        YamlScalar { Value: double number } => JsonValue.Create(number),
        YamlScalar { Value: string text } => JsonValue.Create(text),
        _ => null,
    };
}
