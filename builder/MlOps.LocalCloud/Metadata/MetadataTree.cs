using System.Text.Json.Nodes;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Metadata;

/// <summary>What the metadata server tells, as a tree of names: leaves are texts, numbers or lists, a folder is what is below it.</summary>
internal static class MetadataTree
{
    public static JsonObject Of(MetadataCaller caller)
    {
        var number = ProjectNumber.Of(caller.Project);
        return new JsonObject
        {
            ["instance"] = new JsonObject
            {
                ["attributes"] = new JsonObject(),
                ["hostname"] = $"build.{caller.Location}-a.c.{caller.Project}.internal",
                ["id"] = long.Parse(number, System.Globalization.CultureInfo.InvariantCulture),
                ["name"] = "build",
                ["region"] = $"projects/{number}/regions/{caller.Location}",
                ["service-accounts"] = new JsonObject { [caller.ServiceAccount] = Account(caller), ["default"] = Account(caller) },
                ["zone"] = $"projects/{number}/zones/{caller.Location}-a",
            },
            ["project"] = new JsonObject
            {
                ["attributes"] = new JsonObject(),
                ["numeric-project-id"] = long.Parse(number, System.Globalization.CultureInfo.InvariantCulture),
                ["project-id"] = caller.Project,
            },
            ["universe"] = new JsonObject { ["universe-domain"] = "googleapis.com" },
        };
    }

    /// <summary>What is at a path; null where nothing is.</summary>
    public static JsonNode? At(JsonObject tree, IEnumerable<string> path) =>
        path.Aggregate((JsonNode?)tree, (node, name) => node is JsonObject folder ? folder[name] : null);

    /// <summary>A line each; a folder's ends in a slash.</summary>
    public static string Listing(JsonObject folder) => string.Concat(folder.Select(entry => entry.Value is JsonObject ? $"{entry.Key}/\n" : $"{entry.Key}\n"));

    /// <summary>A leaf as text: a list has a line each.</summary>
    public static string Text(JsonNode leaf) => leaf is JsonArray lines ? string.Concat(lines.Select(line => $"{line}\n")) : leaf.ToString();

    /// <summary>A folder as one document, whose names are in camel case.</summary>
    public static JsonNode? Recursive(JsonNode? node) => node is JsonObject folder
        ? new JsonObject(folder.Select(entry => KeyValuePair.Create(entry.Key.Contains('@', StringComparison.Ordinal) ? entry.Key : CamelCase(entry.Key), Recursive(entry.Value))))
        : node?.DeepClone();

    private static JsonObject Account(MetadataCaller caller) => new()
    {
        ["aliases"] = new JsonArray("default"),
        ["email"] = caller.ServiceAccount,
        ["scopes"] = new JsonArray("https://www.googleapis.com/auth/cloud-platform"),
    };

    private static string CamelCase(string name) => string.Concat(name.Split('-').Select((word, at) => at == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}
