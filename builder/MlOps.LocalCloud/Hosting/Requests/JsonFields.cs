using System.Collections.Concurrent;
using System.Text.Json;
using Google.Protobuf.Reflection;

namespace MlOps.LocalCloud.Hosting.Requests;

/// <summary>A message as JSON against its type: names that it lacks, shapes and values that its fields cannot take. In Google's words.</summary>
internal sealed class JsonFields
{
    private const string AnyName = "google.protobuf.Any";
    private static readonly ConcurrentDictionary<MessageDescriptor, Dictionary<string, FieldDescriptor>> Names = new();
    private readonly List<FieldFault> _faults = [];

    private JsonFields()
    {
    }

    /// <param name="at">Where the message stands in the request; empty for the request itself.</param>
    public static IReadOnlyList<FieldFault> Faults(JsonElement value, MessageDescriptor type, string at)
    {
        var fields = new JsonFields();
        fields.Message(value, type, at);
        return fields._faults;
    }

    /// <summary>A field by either of its names: <c>pipelineSpec</c>, <c>pipeline_spec</c>.</summary>
    public static FieldDescriptor? Find(MessageDescriptor type, string name) => Names.GetOrAdd(type, ByName).GetValueOrDefault(name);

    private static Dictionary<string, FieldDescriptor> ByName(MessageDescriptor type)
    {
        var byName = new Dictionary<string, FieldDescriptor>(StringComparer.Ordinal);
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            byName[field.Name] = byName[field.JsonName] = field;
        }

        return byName;
    }

    private void Message(JsonElement value, MessageDescriptor type, string at)
    {
        if (FieldValues.IsFree(type))
        {
            // A Struct holds what it likes, but it is an object.
            Expect(FieldValues.Suits(value, type), value, FieldValues.NameOf(type), at);
            return;
        }

        if (FieldValues.IsScalar(type))
        {
            Expect(FieldValues.Parses(value, type), value, FieldValues.NameOf(type), at);
            return;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Expect(false, value, FieldValues.NameOf(type), at);
            return;
        }

        Members(value, type, at);
    }

    private void Members(JsonElement value, MessageDescriptor type, string at)
    {
        var chosen = new Dictionary<OneofDescriptor, FieldDescriptor>();
        foreach (var member in value.EnumerateObject())
        {
            if (Find(type, member.Name) is not { } field)
            {
                _faults.Add(FieldFault.Unknown(member.Name, at, "Cannot find field."));
            }
            else if (member.Value.ValueKind == JsonValueKind.Null && !FieldValues.TakesNull(field))
            {
                // As if it were not there.
            }
            else if (field.RealContainingOneof is { } choice && !chosen.TryAdd(choice, field) && chosen[choice] != field)
            {
                _faults.Add(FieldFault.Value(at, "oneof", $"oneof field '{choice.Name}' is already set. Cannot set '{member.Name}'"));
            }
            else
            {
                Field(member.Value, field, at, member.Name);
            }
        }
    }

    private void Field(JsonElement value, FieldDescriptor field, string parent, string given)
    {
        var at = parent.Length > 0 ? $"{parent}.{field.Name}" : field.Name;
        if (field.IsMap)
        {
            Map(value, field, at);
        }
        else if (value.ValueKind == JsonValueKind.Array && !field.IsRepeated && !TakesList(field))
        {
            _faults.Add(FieldFault.Unknown(given, parent, "Proto field is not repeating, cannot start list."));
        }
        else if (field.IsRepeated)
        {
            List(value, field, at);
        }
        else
        {
            Single(value, field, at);
        }
    }

    private void List(JsonElement value, FieldDescriptor field, string at)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            Expect(false, value, FieldValues.NameOf(field), at);
            return;
        }

        var number = 0;
        foreach (var item in value.EnumerateArray())
        {
            Single(item, field, $"{at}[{number++}]");
        }
    }

    private void Map(JsonElement value, FieldDescriptor field, string at)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Expect(false, value, "Map", at);
            return;
        }

        var (keys, values) = (field.MessageType.FindFieldByNumber(1), field.MessageType.FindFieldByNumber(2));
        var number = 0;
        foreach (var entry in value.EnumerateObject())
        {
            var entryAt = $"{at}[{number++}]";
            Expect(FieldValues.Reads(entry.Name, keys), $"\"{entry.Name}\"", FieldValues.NameOf(keys), $"{entryAt}.key");
            Single(entry.Value, values, $"{entryAt}.value");
        }
    }

    private void Single(JsonElement value, FieldDescriptor field, string at)
    {
        if (field.FieldType != FieldType.Message)
        {
            Expect(FieldValues.Takes(value, field), value, FieldValues.NameOf(field), at);
        }
        else if (field.MessageType.FullName != AnyName)
        {
            Message(value, field.MessageType, at);
        }
    }

    private static bool TakesList(FieldDescriptor field) => field.FieldType == FieldType.Message && FieldValues.IsFree(field.MessageType);

    private void Expect(bool holds, JsonElement value, string type, string at) =>
        Expect(holds, value.ValueKind is JsonValueKind.Object && type.StartsWith("TYPE_", StringComparison.Ordinal) ? "Starting an object on a scalar field" : value.GetRawText(), type, at);

    private void Expect(bool holds, string what, string type, string at)
    {
        if (!holds)
        {
            _faults.Add(FieldFault.Value(at, type, what));
        }
    }
}
