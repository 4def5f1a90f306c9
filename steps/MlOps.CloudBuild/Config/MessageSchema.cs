using System.Collections.Concurrent;
using System.Collections.Immutable;
using Google.Protobuf.Reflection;

namespace MlOps.CloudBuild.Config;

internal enum FieldKind
{
    Text,
    Bool,
    Int32,
    Int64,
    Float,
    Bytes,
    Enum,
    Message,
}

/// <summary>A field as gcloud's client library has it: durations, times and masks are strings there.</summary>
/// <param name="Enum">The names that gcloud knows, in its order; their places are the numbers that it takes for them.</param>
/// <param name="Newer">Names that the proto has and gcloud does not know yet.</param>
/// <param name="IsMap">The key is a string; the other members tell of the values.</param>
internal sealed record FieldSchema(string Name, FieldKind Kind, bool Repeated, bool IsMap, MessageSchema? Message, ImmutableArray<string> Enum, ImmutableArray<string> Newer);

/// <summary>A message type as gcloud's client library has it: its proto, and what the two know differently (<see cref="GcloudTypes"/>).</summary>
internal sealed class MessageSchema
{
    private static readonly ConcurrentDictionary<MessageDescriptor, MessageSchema> Known = new();
    private readonly Lazy<Dictionary<string, FieldSchema>> _fields;

    public MessageSchema(string name, Func<IEnumerable<FieldSchema>> fields)
    {
        Name = name;
        _fields = new Lazy<Dictionary<string, FieldSchema>>(() => fields().ToDictionary(field => field.Name, StringComparer.Ordinal));
    }

    public string Name { get; }

    public IReadOnlyCollection<string> Names => _fields.Value.Keys;

    /// <summary>The field with this JSON name.</summary>
    public FieldSchema? Field(string name) => _fields.Value.GetValueOrDefault(name);

    public static MessageSchema Of(MessageDescriptor descriptor) =>
        Known.GetOrAdd(descriptor, type => new MessageSchema(type.Name, () =>
            type.Fields.InDeclarationOrder().Where(field => !GcloudTypes.Lacks(field)).Select(FieldOf).Concat(GcloudTypes.FieldsBesides(type))));

    private static FieldSchema FieldOf(FieldDescriptor field)
    {
        var value = field.IsMap ? field.MessageType.FindFieldByNumber(2) : field;
        var kind = Kind(value);
        var names = kind == FieldKind.Enum ? value.EnumType.Values.Select(member => member.Name).ToImmutableArray() : [];
        return new FieldSchema(
            field.JsonName,
            kind,
            field.IsRepeated && !field.IsMap,
            field.IsMap,
            kind == FieldKind.Message ? Of(value.MessageType) : null,
            [.. names.Where(name => !GcloudTypes.Lacks(value, name)), .. GcloudTypes.NamesBesides(value)],
            [.. names.Where(name => GcloudTypes.Lacks(value, name))]);
    }

    private static FieldKind Kind(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => FieldKind.Text,
        FieldType.Bool => FieldKind.Bool,
        FieldType.Bytes => FieldKind.Bytes,
        FieldType.Enum => FieldKind.Enum,
        FieldType.Int64 or FieldType.UInt64 or FieldType.SInt64 or FieldType.Fixed64 or FieldType.SFixed64 => FieldKind.Int64,
        FieldType.Double or FieldType.Float => FieldKind.Float,
        FieldType.Message when field.MessageType.File.Package == "google.protobuf" => FieldKind.Text,
        FieldType.Message => FieldKind.Message,
        _ => FieldKind.Int32,
    };
}
