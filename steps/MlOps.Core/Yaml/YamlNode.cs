using System.Collections.Immutable;
using MlOps.Core.Problems;

namespace MlOps.Core.Yaml;

/// <summary>A node of a YAML document with its place. <see cref="Start"/> and <see cref="End"/> are offsets in UTF-16 code units into the text that was parsed.</summary>
public abstract record YamlNode(SourceSpot Spot, int Start, int End)
{
    /// <summary>What it is, for messages: "a map", "a list", "a string", …</summary>
    public abstract string Kind { get; }
}

/// <summary>A scalar. <see cref="Plain"/> ones are typed by the core schema of YAML 1.2; quoted, block and <c>!!str</c> ones are strings.</summary>
public sealed record YamlScalar(string Text, bool Plain, SourceSpot Spot, int Start, int End) : YamlNode(Spot, Start, End)
{
    /// <summary>null, bool, long, double or string (YAML 1.2, section 10.3.2).</summary>
    public object? Value => Plain ? CoreSchema.Resolve(Text) : Text;

    public override string Kind => Value switch
    {
        null => "null",
        bool => "a boolean",
        long => "an integer",
        double => "a number",
        _ => "a string",
    };
}

public sealed record YamlList(ImmutableArray<YamlNode> Items, SourceSpot Spot, int Start, int End) : YamlNode(Spot, Start, End)
{
    public override string Kind => "a list";
}

/// <summary>A map in the file's order. Keys are scalars; a key given twice is a problem and its first value is kept.</summary>
public sealed record YamlMap(ImmutableArray<YamlEntry> Entries, SourceSpot Spot, int Start, int End) : YamlNode(Spot, Start, End)
{
    public override string Kind => "a map";

    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Text == key)?.Value;
}

public sealed record YamlEntry(YamlScalar Key, YamlNode Value);
