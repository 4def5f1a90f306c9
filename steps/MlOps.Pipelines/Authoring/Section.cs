using System.Globalization;
using System.Text;
using MlOps.Core.Problems;

namespace MlOps.Pipelines.Authoring;

/// <summary>A map of a definition that is being built, with the places in C# that its entries come from.</summary>
internal sealed class Section
{
    private readonly List<(string Key, SourceSpot Spot, object Value)> _entries = [];

    public bool IsEmpty => _entries.Count == 0;

    public bool Has(string key) => _entries.Exists(entry => entry.Key == key);

    /// <param name="key">Written anew where it is there already: the last word counts.</param>
    /// <param name="written">YAML on one line.</param>
    public void Set(string key, string written, SourceSpot spot)
    {
        _entries.RemoveAll(entry => entry.Key == key);
        Add(key, written, spot);
    }

    public void Add(string key, string written, SourceSpot spot) => _entries.Add((key, spot, written));

    public Section Add(string key, SourceSpot spot)
    {
        var inner = new Section();
        Add(key, inner, spot);
        return inner;
    }

    public void Add(string key, Section inner, SourceSpot spot) => _entries.Add((key, spot, inner));

    /// <summary>A list of maps.</summary>
    public void Add(string key, List<(SourceSpot Spot, Section Map)> list, SourceSpot spot) => _entries.Add((key, spot, list));

    /// <summary>The map under a key, made where it is not there.</summary>
    public Section Inner(string key, SourceSpot spot) =>
        _entries.Find(entry => entry.Key == key).Value as Section ?? Add(key, spot);

    /// <summary>Writes block YAML, each line with its place behind it: <c>  # FILE:LINE</c>.</summary>
    public void Write(StringBuilder text, string indent = "", string first = "")
    {
        var lead = first.Length > 0 ? first : indent;
        foreach (var (key, spot, value) in _entries)
        {
            text.Append(lead).Append(YamlWords.Key(key)).Append(':');
            lead = indent;
            switch (value)
            {
                case string written:
                    End(text.Append(' ').Append(written), spot);
                    break;
                case Section { _entries.Count: 0 }:
                    End(text.Append(" {}"), spot);
                    break;
                case Section inner:
                    End(text, spot);
                    inner.Write(text, indent + "  ");
                    break;
                case List<(SourceSpot Spot, Section Map)> list:
                    End(text, spot);
                    list.ForEach(item => item.Map.Write(text, indent + "  ", indent + "- "));
                    break;
            }
        }
    }

    public static void End(StringBuilder text, SourceSpot spot) => text.Append(CultureInfo.InvariantCulture, $"  # {spot.File}:{spot.Line}\n");
}
