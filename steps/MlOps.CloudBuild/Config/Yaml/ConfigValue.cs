using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>What gcloud's YAML library makes of a node: a Python dict, list or scalar, with its place.</summary>
internal abstract class ConfigValue(SourceSpot spot)
{
    public SourceSpot Spot => spot;

    /// <summary>For people: "a map", "a list", "an integer", …</summary>
    public abstract string Kind { get; }
}

internal sealed class ConfigMap(SourceSpot spot, IReadOnlyList<ConfigEntry> entries) : ConfigValue(spot)
{
    /// <summary>In the order of a Python dict: where a key was first put in.</summary>
    public IReadOnlyList<ConfigEntry> Entries => entries;

    public override string Kind => "a map";
}

internal readonly record struct ConfigEntry(ConfigValue Key, ConfigValue Value);

internal sealed class ConfigList(SourceSpot spot, List<ConfigValue> items) : ConfigValue(spot)
{
    public List<ConfigValue> Items => items;

    public override string Kind => "a list";
}

/// <param name="value">null, bool, long, BigInteger, double, string or <see cref="PythonOnly"/>.</param>
internal sealed class ConfigScalar(SourceSpot spot, object? value) : ConfigValue(spot)
{
    public object? Value => value;

    public override string Kind => value switch
    {
        null => "null",
        bool => "a boolean",
        double => "a number with a point",
        string => "a string",
        PythonOnly { Type: "date" or "datetime" } => "a date",
        PythonOnly => "binary data",
        _ => "an integer",
    };
}

/// <summary>A value that has no JSON form: a date, a time, bytes or a set.</summary>
/// <param name="Type">Its Python class, which gcloud's message names.</param>
internal sealed record PythonOnly(string Type);
