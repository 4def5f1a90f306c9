using System.Globalization;
using System.Text.Json.Nodes;
using MlOps.CloudBuild.Config.Yaml;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config;

/// <summary>
/// From a map to the JSON that gcloud sends for it: unknown fields are found, scalars become lists where a list is due, types are
/// checked as gcloud's client library (apitools) checks them.
/// </summary>
/// <param name="newerNames">Enum names that the API has and gcloud 528 does not know are taken too.</param>
/// <param name="spots">Gets the place of every field, by path; null where nobody asks.</param>
internal sealed class MessageDecoder(bool newerNames, ReadingFaults faults, Dictionary<string, SourceSpot>? spots)
{
    public JsonObject? Message(MessageSchema schema, ConfigValue value, string path, string gcloudPath)
    {
        if (value is not ConfigMap map)
        {
            NoMap(value, path, $"the fields of {schema.Name}");
            return null;
        }

        var result = new JsonObject();
        var unused = new UnusedFields(schema, gcloudPath, faults);
        foreach (var (key, content) in map.Entries)
        {
            var name = (string)((ConfigScalar)key).Value!;
            if (schema.Field(name) is not { } field)
            {
                unused.Add(name, content, key.Spot);
                continue;
            }

            var fieldPath = path.Length == 0 || spots is null ? name : $"{path}.{name}";
            Record(fieldPath, content is ConfigScalar ? content : key);
            if (Field(field, content, fieldPath, $"{gcloudPath}.{name}", unused) is { } sent)
            {
                result[name] = sent;
            }
        }

        unused.Report();
        return result;
    }

    private JsonNode? Field(FieldSchema field, ConfigValue value, string path, string gcloudPath, UnusedFields unused)
    {
        if (value is ConfigScalar { Value: null })
        {
            return Nothing(field, value, unused);
        }

        if (field.Repeated)
        {
            return List(field, value, path, gcloudPath, unused);
        }

        return value is ConfigList { Items.Count: 0 }
            ? Nothing(field, value, unused)
            : field.IsMap ? Map(field, value, path, gcloudPath) : Single(field, value, path, gcloudPath, unused);
    }

    /// <summary>No value: nothing is sent; but apitools takes an enum without a value for one that it does not know.</summary>
    private JsonNode? Nothing(FieldSchema field, ConfigValue value, UnusedFields unused)
    {
        if (field.Kind == FieldKind.Enum && field.Repeated)
        {
            NoLength(field, value);
        }
        else if (field.Kind == FieldKind.Enum)
        {
            unused.AddEnum(field, value);
        }

        return null;
    }

    private void NoLength(FieldSchema field, ConfigValue value) =>
        faults.Add(FaultPhase.Decoding, $"object of type '{PythonText.TypeOf(value)}' has no len()", "wrong-type", $"'{field.Name}' is {value.Kind}; expected a list of {string.Join(", ", field.Enum)}.", value.Spot);

    private JsonArray? List(FieldSchema field, ConfigValue value, string path, string gcloudPath, UnusedFields unused)
    {
        if (field.Kind == FieldKind.Enum)
        {
            return Enums(field, value, path, unused);
        }

        var items = value is ConfigList list ? list.Items : [value];
        var result = new JsonArray();
        for (var index = 0; index < items.Count; index++)
        {
            var item = items[index];
            var itemPath = spots is null ? path : $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]";
            Record(itemPath, item);
            if (item is ConfigScalar { Value: null } && field.Kind != FieldKind.Message)
            {
                faults.Add(FaultPhase.Decoding, $"Repeated values for field {field.Name} may not be None", "null-item", $"An item of '{field.Name}' is null; remove the dash, or write \"\" for an empty string.", item.Spot);
                continue;
            }

            if (item is ConfigScalar { Value: null })
            {
                faults.Add(FaultPhase.Decoding, "'NoneType' object has no attribute 'items'", "null-item", $"An item of '{field.Name}' has no value; remove the dash, or write the fields of {field.Message!.Name} after it.", item.Spot);
                continue;
            }

            if (Single(field, item, itemPath, $"{gcloudPath}[{index.ToString(CultureInfo.InvariantCulture)}]", unused) is { } sent)
            {
                result.Add(sent);
            }
        }

        return result.Count > 0 ? result : null;
    }

    private JsonArray? Enums(FieldSchema field, ConfigValue value, string path, UnusedFields unused)
    {
        var result = new JsonArray();
        foreach (var item in value is ConfigList list ? list.Items : [value])
        {
            if (EnumName(field, item) is { } name)
            {
                Record(spots is null ? path : $"{path}[{result.Count.ToString(CultureInfo.InvariantCulture)}]", item);
                result.Add(JsonValue.Create(name));
            }
        }

        // apitools compares the number of values with the length of what was written, be it a list or a word.
        var written = value switch
        {
            ConfigList items => items.Items.Count,
            ConfigScalar { Value: string text } => text.EnumerateRunes().Count(),
            ConfigMap map => map.Entries.Count,
            _ => -1,
        };
        if (written < 0)
        {
            NoLength(field, value);
        }
        else if (written != result.Count)
        {
            unused.AddEnum(field, value);
        }

        return result.Count > 0 ? result : null;
    }

    private JsonNode? Single(FieldSchema field, ConfigValue value, string path, string gcloudPath, UnusedFields unused)
    {
        switch (field.Kind)
        {
            case FieldKind.Message:
                return Message(field.Message!, value, path, gcloudPath);
            case FieldKind.Enum:
                if (EnumName(field, value) is { } name)
                {
                    return JsonValue.Create(name);
                }

                unused.AddEnum(field, value);
                return null;
            case FieldKind.Bytes:
                return Bytes(value);
            default:
                return ScalarFields.Sent(field.Kind, value) ?? WrongType(field.Kind, field.Name, field.Repeated ? $"An item of '{field.Name}'" : $"'{field.Name}'", value);
        }
    }

    private JsonObject? Map(FieldSchema field, ConfigValue value, string path, string gcloudPath)
    {
        if (value is not ConfigMap map)
        {
            NoMap(value, path, $"the keys and values of {field.Name}");
            return null;
        }

        foreach (var entry in map.Entries.Where(entry => Variants.Fails(entry.Value)))
        {
            faults.Add(FaultPhase.Decoding, Variants.Failure, entry.Value.Spot);
        }

        var result = new JsonObject();
        foreach (var ((key, content), number) in Variants.InOrder(map).Select((entry, number) => (entry, number)))
        {
            var name = (string)((ConfigScalar)key).Value!;
            var entryPath = spots is null ? path : $"{path}.{name}";
            Record(entryPath, content is ConfigScalar ? content : key);
            var isNull = content is ConfigScalar { Value: null };
            JsonNode? sent = field.Kind switch
            {
                FieldKind.Message => Message(field.Message!, content, entryPath, $"{gcloudPath}.additionalProperties[{number.ToString(CultureInfo.InvariantCulture)}].value"),
                FieldKind.Bytes => Bytes(content),
                _ when isNull => null,
                _ => ScalarFields.Sent(field.Kind, content) ?? WrongType(field.Kind, "value", $"'{field.Name}.{name}'", content),
            };
            // Nothing of a refused file is sent; for the checks of the rest a text stands where one was meant.
            if (sent is not null || isNull)
            {
                result[name] = sent;
            }
            else if (field.Kind == FieldKind.Text)
            {
                result[name] = PythonText.Of(content);
            }
        }

        return result;
    }

    private JsonValue? Bytes(ConfigValue value)
    {
        var bytes = PythonBase64.Decode(PythonText.Of(value), urlSafe: true, out var fault);
        if (fault is null)
        {
            return JsonValue.Create(PythonBase64.Encode(bytes));
        }

        faults.Add(FaultPhase.Decoding, fault, "bad-base64", $"This is not base64 ({fault}); expected the base64 form of the encrypted value.", value.Spot);
        return null;
    }

    /// <summary>The name that is sent; null where there is none. Numbers count from the first name.</summary>
    private string? EnumName(FieldSchema field, ConfigValue value)
    {
        var written = value is ConfigScalar scalar ? scalar.Value : value;
        if (written is null or "" or 0L or false or 0.0 or ConfigMap { Entries.Count: 0 } or ConfigList { Items.Count: 0 })
        {
            faults.Add(FaultPhase.Decoding, "Must specify either python_name or json_name for enum remapping", "unknown-enum", UnusedFields.EnumMessage(field, value), value.Spot);
            return field.Enum[0];
        }

        return written switch
        {
            string name => field.Enum.Contains(name) || (newerNames && field.Newer.Contains(name)) ? name : null,
            long number => number > 0 && number < field.Enum.Length ? field.Enum[(int)number] : null,
            true => field.Enum.Length > 1 ? field.Enum[1] : null,
            _ => null,
        };
    }

    /// <param name="name">What people are told that it is.</param>
    private JsonNode? WrongType(FieldKind kind, string gcloudName, string name, ConfigValue value)
    {
        faults.Add(
            FaultPhase.Decoding,
            $"Expected type {ScalarFields.PythonType(kind)} for field {gcloudName}, found {PythonText.Of(value)} (type <class '{PythonText.TypeOf(value)}'>)",
            "wrong-type",
            $"{name} is {value.Kind}; expected {ScalarFields.Wanted(kind)}.{ScalarFields.Remedy(kind, gcloudName, value)}",
            value.Spot);
        return null;
    }

    private void NoMap(ConfigValue value, string path, string expected) =>
        faults.Add(FaultPhase.Decoding, $"'{PythonText.TypeOf(value)}' object has no attribute 'items'", "wrong-type", $"'{path}' is {value.Kind}; expected a map with {expected}.", value.Spot);

    private void Record(string path, ConfigValue value) => spots?.TryAdd(path, value.Spot);
}
