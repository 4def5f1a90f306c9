using System.Collections.Frozen;
using MlOps.CloudBuild.Config.Yaml;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config;

/// <summary>Keys as the API names them: <c>wait_for</c> becomes <c>waitFor</c> at every level, except in the maps whose keys are the user's own.</summary>
internal static class KeyCase
{
    /// <summary>The maps of a build whose keys are sent as they are.</summary>
    public static FrozenSet<string> VerbatimInBuilds { get; } = new[] { "secretEnv", "secret_env", "substitutions", "envMap", "env_map" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary><c>gcloud builds triggers import</c> knows one only: in an inline build a secret's <c>A_B</c> is sent as <c>AB</c>.</summary>
    public static FrozenSet<string> VerbatimInTriggers { get; } = new[] { "substitutions" }.ToFrozenSet(StringComparer.Ordinal);

    /// <exception cref="YamlFault">A key that is no string.</exception>
    public static ConfigValue Camel(ConfigValue value, FrozenSet<string> verbatim, ICollection<Problem> warnings) => value switch
    {
        ConfigMap map => Camel(map, verbatim, warnings),
        ConfigList list => new ConfigList(list.Spot, list.Items.ConvertAll(item => Camel(item, verbatim, warnings))),
        _ => value,
    };

    private static ConfigMap Camel(ConfigMap map, FrozenSet<string> verbatim, ICollection<Problem> warnings)
    {
        var dict = new PythonDict();
        foreach (var (key, value) in map.Entries)
        {
            if (key is not ConfigScalar { Value: string name })
            {
                throw NoString(key);
            }

            var camel = Camel(name);
            var content = verbatim.Contains(name) ? value : Camel(value, verbatim, warnings);
            if (!dict.Put(camel == name ? key : new ConfigScalar(key.Spot, camel), content))
            {
                warnings.Add(Problem.Warning("duplicate-key", $"'{camel}' is given twice, once as '{name}'; the last value counts. Remove the other.", key.Spot));
            }
        }

        return new ConfigMap(map.Spot, dict.Entries);
    }

    private static YamlFault NoString(ConfigValue key) => key is ConfigScalar { Value: PythonOnly { Type: "bytes" } }
        ? new YamlFault("TypeError", "a bytes-like object is required, not 'str'", key.Spot)
        : new YamlFault("AttributeError", $"'{(key is ConfigList ? "tuple" : PythonText.TypeOf(key))}' object has no attribute 'split'", key.Spot);

    /// <summary>Leading underscores stay; every later part is capitalised, its other letters made small.</summary>
    public static string Camel(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal))
        {
            return name;
        }

        var start = name.AsSpan().IndexOfAnyExcept('_');
        if (start < 0)
        {
            return name.Length == 1 ? "" : name[1..];
        }

        var parts = name[start..].Split('_');
        return name[..start] + parts[0] + string.Concat(parts.Skip(1).Select(part => part.Length == 0 ? "" : char.ToUpperInvariant(part[0]) + part[1..].ToLowerInvariant()));
    }
}
