using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MlOps.LocalCloud.Vertex;

/// <summary>
/// Fields by their names in the proto: jobs have most of theirs in common, and so have contexts, artifacts and executions, but no
/// type says so.
/// </summary>
internal static class MessageFields
{
    public static bool Has(this IMessage message, string field) => message.Descriptor.FindFieldByName(field) is not null;

    public static object? Field(this IMessage message, string field) => message.Descriptor.FindFieldByName(field)?.Accessor.GetValue(message);

    /// <param name="value">Null clears it.</param>
    public static void Set(this IMessage message, string field, object? value)
    {
        var accessor = message.Descriptor.FindFieldByName(field).Accessor;
        if (value is null)
        {
            accessor.Clear(message);
        }
        else
        {
            accessor.SetValue(message, value);
        }
    }

    public static string Name(this IMessage message) => (string)message.Field("name")!;

    /// <summary>A text, or an enum's value by its name in the proto; null where the message has no such field.</summary>
    public static string? Text(this IMessage message, string field) => (message.Descriptor.FindFieldByName(field), message.Field(field)) switch
    {
        ({ FieldType: FieldType.Enum } found, { } value) => found.EnumType.FindValueByNumber((int)value)?.Name,
        (_, string text) => text,
        _ => null,
    };

    /// <summary>Whether a field holds anything but its default.</summary>
    public static bool IsSet(this IMessage message, string field) => message.Field(field) switch
    {
        null => false,
        string text => text.Length > 0,
        System.Collections.ICollection many => many.Count > 0,
        Enum value => Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture) != 0,
        _ => true,
    };
}
