using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Pipelines.Yaml;

/// <summary>Reads typed values out of YAML nodes; what does not fit is added to the problems and reads as absent.</summary>
internal static class YamlReading
{
    /// <summary>The node as a map, or null with a problem.</summary>
    public static YamlMap? AsMap(this YamlNode node, string what, ICollection<Problem> problems)
    {
        if (node is YamlMap map)
        {
            return map;
        }

        problems.Add(Problem.Error("wrong-kind", $"{what} must be a map; this is {node.Kind}.", node.Spot));
        return null;
    }

    /// <summary>The node as a list, or null with a problem.</summary>
    public static YamlList? AsList(this YamlNode node, string what, ICollection<Problem> problems)
    {
        if (node is YamlList list)
        {
            return list;
        }

        problems.Add(Problem.Error("wrong-kind", $"{what} must be a list; this is {node.Kind}.", node.Spot));
        return null;
    }

    /// <summary>The node as a string, or null with a problem.</summary>
    public static string? AsText(this YamlNode node, string what, ICollection<Problem> problems)
    {
        if (node is YamlScalar { Value: string text })
        {
            return text;
        }

        var hint = node is YamlScalar { Value: not null } scalar ? $" Put it in quotes: '{scalar.Text}'." : "";
        problems.Add(Problem.Error("wrong-kind", $"{what} must be a string; this is {node.Kind}.{hint}", node.Spot));
        return null;
    }

    /// <summary>The string under a key; null where the key is absent or null, or (with a problem) is no string.</summary>
    public static string? Text(this YamlMap map, string key, string what, ICollection<Problem> problems) =>
        map.Given(key) is { } node ? node.AsText(what, problems) : null;

    /// <summary>The boolean under a key; false where it is absent or null, or (with a problem) is no boolean.</summary>
    public static bool Flag(this YamlMap map, string key, string what, ICollection<Problem> problems)
    {
        switch (map.Given(key))
        {
            case null:
                return false;
            case YamlScalar { Value: bool flag }:
                return flag;
            case var node:
                problems.Add(Problem.Error("wrong-kind", $"{what} must be true or false; this is {node.Kind}.", node.Spot));
                return false;
        }
    }

    /// <summary>The node under a key; null where the key is absent or its value is null.</summary>
    public static YamlNode? Given(this YamlMap map, string key) => map[key] is { } node && node is not YamlScalar { Value: null } ? node : null;

    /// <summary>The key as it stands in the file, for its place.</summary>
    public static YamlEntry? Entry(this YamlMap map, string key)
    {
        foreach (var entry in map.Entries)
        {
            if (entry.Key.Text == key)
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Adds a problem for every key that is not known.</summary>
    public static void OnlyKeys(this YamlMap map, string what, ICollection<Problem> problems, params string[] known)
    {
        foreach (var entry in map.Entries)
        {
            if (Array.IndexOf(known, entry.Key.Text) < 0)
            {
                problems.Add(Problem.Error("unknown-key", $"Unknown key '{entry.Key.Text}' in {what}.{Suggestion.For(entry.Key.Text, known)}", entry.Key.Spot));
            }
        }
    }
}
