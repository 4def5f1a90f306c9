using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MlOps.LocalCloud.Vertex.Metadata;

/// <summary>Contexts, artifacts and executions have most of their fields in common, but no type that says so: fields by their names in the proto.</summary>
internal static class NodeFields
{
    public static bool Has(this IMessage node, string field) => node.Descriptor.FindFieldByName(field) is not null;

    public static object? Field(this IMessage node, string field) => node.Descriptor.FindFieldByName(field)?.Accessor.GetValue(node);

    public static void SetField(this IMessage node, string field, object value) => node.Descriptor.FindFieldByName(field).Accessor.SetValue(node, value);

    public static string Name(this IMessage node) => (string)node.Field("name")!;

    /// <summary>A text, or an enum's value by its name in the proto; null where the message has no such field.</summary>
    public static string? Text(this IMessage node, string field) => (node.Descriptor.FindFieldByName(field), node.Field(field)) switch
    {
        ({ FieldType: FieldType.Enum } found, { } value) => found.EnumType.FindValueByNumber((int)value)?.Name,
        (_, string text) => text,
        _ => null,
    };

    /// <summary>Whether a field holds anything but its default.</summary>
    public static bool IsSet(this IMessage node, string field) => node.Field(field) switch
    {
        null => false,
        string text => text.Length > 0,
        System.Collections.ICollection many => many.Count > 0,
        Enum value => Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture) != 0,
        _ => true,
    };
}
