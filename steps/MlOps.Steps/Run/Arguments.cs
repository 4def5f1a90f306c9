using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Steps.Run;

/// <summary>Parameter values as an environment's settings file or the command line gives them.</summary>
public static class Arguments
{
    /// <summary>A settings file: one YAML map of parameter name to value.</summary>
    /// <param name="path">Null where the environment names none.</param>
    /// <param name="owner">Where the file would be named.</param>
    /// <returns>The values, and where each stands; for other names, where it could be added.</returns>
    public static (JsonObject Values, Func<string, SourceSpot> SpotOf) FromFile(string? path, SourceSpot owner)
    {
        if (path is null)
        {
            return ([], _ => owner);
        }

        if (!File.Exists(path))
        {
            throw new InvalidInputException("file-missing", "The settings file that mlops.yaml names is not there.", new SourceSpot(path));
        }

        var problems = new List<Problem>();
        var text = TextFile.Read(path, path, problems);
        var root = string.IsNullOrWhiteSpace(text) ? null : YamlText.ParseOne(path, text, problems);
        if (problems.Count > 0)
        {
            throw new InvalidInputException(problems);
        }

        return root switch
        {
            null => ([], _ => new SourceSpot(path, 1, 1)),
            YamlMap map => ((JsonObject)ToJson(map)!, name => map.Entries.FirstOrDefault(entry => entry.Key.Text == name)?.Value.Spot ?? new SourceSpot(path, 1, 1)),
            _ => throw new InvalidInputException("bad-settings", $"Expected a map of parameter names to values; this is {root.Kind}.", root.Spot),
        };
    }

    /// <summary><c>K=V</c> pairs of the command line, each name once.</summary>
    public static Dictionary<string, string> Pairs(IEnumerable<string> pairs, ICollection<Problem> problems)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                problems.Add(Problem.Error("bad-parameter", $"'{pair}' is not NAME=VALUE."));
            }
            else if (!values.TryAdd(pair[..equals], pair[(equals + 1)..]))
            {
                problems.Add(Problem.Error("parameter-twice", $"The parameter '{pair[..equals]}' is given twice, '{pair[..equals]}={values[pair[..equals]]}' and '{pair}'; leave one of them out."));
            }
        }

        return values;
    }

    public static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlScalar scalar => scalar.Value switch
        {
            null => null,
            bool truth => truth,
            long whole => whole,
            double number => number,
            var text => (string)text,
        },
        YamlList list => new JsonArray([.. list.Items.Select(ToJson)]),
        YamlMap map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, ToJson(entry.Value)))),
        _ => null,
    };
}
