using System.Text;
using System.Text.Json;
using MlOps.Core.Problems;

namespace MlOps.Pipelines.Ir;

/// <summary>Finds where things stand in JSON text.</summary>
internal sealed class JsonLocator(string? file, string text)
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(text);

    /// <summary>The place of what a path of keys leads to, or of the nearest thing around it that is there.</summary>
    public SourceSpot Spot(IEnumerable<string> keys)
    {
        var reader = new Utf8JsonReader(_utf8, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        var found = reader.TokenStartIndex;
        foreach (var key in keys)
        {
            var entered = reader.TokenType switch
            {
                JsonTokenType.StartObject => EnterProperty(ref reader, key, ref found),
                JsonTokenType.StartArray => EnterItem(ref reader, key, ref found),
                _ => false,
            };
            if (!entered)
            {
                break;
            }
        }

        return At((int)found);
    }

    private static bool EnterProperty(ref Utf8JsonReader reader, string key, ref long found)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var at = reader.TokenStartIndex;
            var isIt = reader.ValueTextEquals(key);
            reader.Read();
            if (isIt)
            {
                found = at;
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static bool EnterItem(ref Utf8JsonReader reader, string key, ref long found)
    {
        if (!int.TryParse(key, out var index))
        {
            return false;
        }

        for (var at = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; at++)
        {
            if (at == index)
            {
                found = reader.TokenStartIndex;
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private SourceSpot At(int offset)
    {
        var before = _utf8.AsSpan(0, offset);
        var line = before.Count((byte)'\n') + 1;
        var start = before.LastIndexOf((byte)'\n') + 1;
        return new SourceSpot(file, line, Encoding.UTF8.GetCharCount(before[start..]) + 1);
    }
}
