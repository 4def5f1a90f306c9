using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Pipelines.Yaml;

/// <summary>YAML values as JSON values, typed by the core schema of YAML 1.2.</summary>
internal static class YamlJson
{
    /// <summary>The value; where a number has no JSON form (infinity, not a number) null, with a problem.</summary>
    public static JsonNode? Of(YamlNode node, ICollection<Problem> problems) => node switch
    {
        YamlMap map => Map(map, problems),
        YamlList list => new JsonArray([.. list.Items.Select(item => Of(item, problems))]),
        YamlScalar scalar => Scalar(scalar, problems),
        _ => null,
    };

    public static JsonObject Map(YamlMap map, ICollection<Problem> problems)
    {
        var result = new JsonObject();
        foreach (var entry in map.Entries)
        {
            result[entry.Key.Text] = Of(entry.Value, problems);
        }

        return result;
    }

    public static JsonValue? Scalar(YamlScalar scalar, ICollection<Problem> problems)
    {
        switch (scalar.Value)
        {
            case null:
                return null;
            case bool flag:
                return JsonValue.Create(flag);
            case long whole:
                return JsonValue.Create(whole);
            case double number when double.IsFinite(number):
                return JsonValue.Create(number);
            case double:
                problems.Add(Problem.Error("not-a-number", $"{scalar.Text} has no form in JSON, and so none in a pipeline.", scalar.Spot));
                return null;
            case var text:
                return JsonValue.Create((string)text);
        }
    }
}
