using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Enum = System.Enum;

namespace MlOps.LocalCloud.Hosting.Requests;

/// <summary>What single fields take as JSON (protobuf.dev, "ProtoJSON Format"), as far as the framework's transcoder takes it.</summary>
internal static class FieldValues
{
    private const NumberStyles Number = NumberStyles.Float;
    private static readonly HashSet<string> Free = [Struct.Descriptor.FullName, Value.Descriptor.FullName, ListValue.Descriptor.FullName];
    private static readonly HashSet<string> Scalars =
    [
        Duration.Descriptor.FullName, Timestamp.Descriptor.FullName, FieldMask.Descriptor.FullName,
        .. WrappersReflection.Descriptor.MessageTypes.Select(type => type.FullName),
    ];

    /// <summary><c>TYPE_INT32</c>; <c>type.googleapis.com/google.protobuf.Duration</c>.</summary>
    public static string NameOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => NameOf(field.MessageType),
        FieldType.Enum => $"type.googleapis.com/{field.EnumType.FullName}",
        var type => $"TYPE_{Enum.GetName(type)!.ToUpperInvariant()}",
    };

    public static string NameOf(MessageDescriptor type) => $"type.googleapis.com/{type.FullName}";

    /// <summary>Its JSON has no names of fields: Struct, Value, ListValue.</summary>
    public static bool IsFree(MessageDescriptor type) => Free.Contains(type.FullName);

    /// <summary>Its JSON is one text, number or truth value.</summary>
    public static bool IsScalar(MessageDescriptor type) => Scalars.Contains(type.FullName);

    /// <summary>Everywhere else null is as good as absent.</summary>
    public static bool TakesNull(FieldDescriptor field) => field.FieldType == FieldType.Message && field.MessageType.FullName == Value.Descriptor.FullName;

    public static bool Suits(JsonElement value, MessageDescriptor free) =>
        free.FullName == Value.Descriptor.FullName || value.ValueKind == (free.FullName == Struct.Descriptor.FullName ? JsonValueKind.Object : JsonValueKind.Array);

    public static bool Parses(JsonElement value, MessageDescriptor scalar) => Parses(value.GetRawText(), scalar);

    /// <summary>A value of a field that is no message.</summary>
    public static bool Takes(JsonElement value, FieldDescriptor field) => (field.FieldType, value.ValueKind) switch
    {
        (FieldType.Bool, var kind) => kind is JsonValueKind.True or JsonValueKind.False,
        (FieldType.String, var kind) => kind == JsonValueKind.String,
        (FieldType.Bytes or FieldType.Enum, JsonValueKind.String) => Reads(value.GetString()!, field),
        (FieldType.Enum, JsonValueKind.Number) => value.TryGetInt32(out _),
        (FieldType.Bytes or FieldType.Enum, _) => false,
        (_, JsonValueKind.Number) => Reads(value.GetRawText(), field),
        (_, JsonValueKind.String) => Reads(value.GetString()!, field),
        _ => false,
    };

    /// <summary>A value given as text: a query parameter, a map's key.</summary>
    public static bool Reads(string text, FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => true,
        FieldType.Bool => bool.TryParse(text, out _),
        FieldType.Bytes => Base64Url.IsValid(text) || Base64.IsValid(text),
        FieldType.Enum => field.EnumType.FindValueByName(text) is not null,
        FieldType.Double => IsNumber<double>(text),
        FieldType.Float => IsNumber<float>(text),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => IsInteger<int>(text),
        FieldType.UInt32 or FieldType.Fixed32 => IsInteger<uint>(text),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => IsInteger<long>(text),
        FieldType.UInt64 or FieldType.Fixed64 => IsInteger<ulong>(text),
        _ => true,
    };

    private static bool Parses(string json, MessageDescriptor scalar)
    {
        try
        {
            JsonParser.Default.Parse(json, scalar);
            return true;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidOperationException or FormatException or OverflowException)
        {
            return false;
        }
    }

    private static bool IsInteger<T>(string text) where T : IBinaryInteger<T> => T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private static bool IsNumber<T>(string text) where T : IFloatingPoint<T> =>
        text is "NaN" or "Infinity" or "-Infinity" || (T.TryParse(text, Number, CultureInfo.InvariantCulture, out var number) && double.IsFinite(double.CreateChecked(number)));
}
