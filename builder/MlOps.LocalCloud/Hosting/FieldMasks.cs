using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace MlOps.LocalCloud.Hosting;

/// <summary>Update masks (AIP-134): the fields that they name are replaced whole, maps among them, which the library's own merge cannot.</summary>
internal static class FieldMasks
{
    private static readonly FieldMask.MergeOptions Replacing = new() { ReplaceMessageFields = true, ReplaceRepeatedFields = true, ReplacePrimitiveFields = true };

    /// <summary>A mask in a URL is in camel case.</summary>
    public static string SnakeCase(string path) => string.Concat(path.Select(letter => char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{letter}"));

    public static void Apply(IEnumerable<string> paths, IMessage from, IMessage to)
    {
        var maps = paths.ToLookup(path => Field(from.Descriptor, path) is { IsMap: true });
        new FieldMask { Paths = { maps[false] } }.Merge(from, to, Replacing);
        foreach (var path in maps[true])
        {
            ReplaceMap(path.Split('.'), from, to);
        }
    }

    private static void ReplaceMap(ReadOnlySpan<string> path, IMessage? from, IMessage to)
    {
        var field = to.Descriptor.FindFieldByName(path[0]);
        if (path.Length > 1)
        {
            var inner = (IMessage?)field.Accessor.GetValue(to) ?? field.MessageType.Parser.ParseFrom([]);
            ReplaceMap(path[1..], (IMessage?)(from is null ? null : field.Accessor.GetValue(from)), inner);
            field.Accessor.SetValue(to, inner);
            return;
        }

        var target = (IDictionary)field.Accessor.GetValue(to);
        target.Clear();
        foreach (DictionaryEntry entry in from is null ? (IDictionary)new Hashtable() : (IDictionary)field.Accessor.GetValue(from))
        {
            target.Add(entry.Key, entry.Value);
        }
    }

    private static FieldDescriptor? Field(MessageDescriptor message, string path)
    {
        FieldDescriptor? field = null;
        foreach (var name in path.Split('.'))
        {
            field = (field is null ? message : field.FieldType == FieldType.Message && !field.IsMap ? field.MessageType : null)?.FindFieldByName(name);
            if (field is null)
            {
                return null;
            }
        }

        return field;
    }
}
