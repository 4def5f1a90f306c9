using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config;

/// <summary>
/// Fills a proto's message with what gcloud sends, as the service does it. What gcloud lets through and the service cannot read
/// (a duration like <c>1h</c>) is a problem, and the field stays as it is.
/// </summary>
internal sealed class MessageBuilder(ConfigPlaces places, ICollection<Problem> problems)
{
    public void Fill(IMessage message, JsonObject sent, string path)
    {
        var oneofs = new Dictionary<OneofDescriptor, string>();
        foreach (var (name, value) in sent)
        {
            var field = message.Descriptor.Fields.InDeclarationOrder().FirstOrDefault(candidate => candidate.JsonName == name);
            if (field is null || value is null)
            {
                continue;
            }

            var fieldPath = path.Length == 0 ? name : $"{path}.{name}";
            if (field.RealContainingOneof is { } oneof && !oneofs.TryAdd(oneof, name))
            {
                Refuse("one-of", $"'{name}' and '{oneofs[oneof]}' exclude each other; keep one.", fieldPath);
                continue;
            }

            Set(message, field, value, fieldPath);
        }
    }

    private void Set(IMessage message, FieldDescriptor field, JsonNode value, string path)
    {
        if (field.IsMap)
        {
            Map((IDictionary)field.Accessor.GetValue(message), field.MessageType.FindFieldByNumber(2), (JsonObject)value, path);
        }
        else if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(message);
            var items = (JsonArray)value;
            for (var index = 0; index < items.Count; index++)
            {
                if (Single(field, items[index]!, $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]") is { } item)
                {
                    list.Add(item);
                }
            }
        }
        else if (Single(field, value, path) is { } single)
        {
            field.Accessor.SetValue(message, single);
        }
    }

    private void Map(IDictionary map, FieldDescriptor field, JsonObject entries, string path)
    {
        foreach (var (key, value) in entries)
        {
            var entryPath = $"{path}.{key}";
            if (value is null)
            {
                problems.Add(Problem.Warning("null-value", $"'{key}' has no value and is taken for an empty one; write ''.", places.Of(entryPath)));
                map[key] = field.FieldType == FieldType.String ? "" : Single(field, JsonValue.Create(""), entryPath);
            }
            else if (Single(field, value, entryPath) is { } single)
            {
                map[key] = single;
            }
        }
    }

    /// <returns>The value as the generated code wants it; null, with the problem added, where the service cannot read it.</returns>
    private object? Single(FieldDescriptor field, JsonNode value, string path) => field.FieldType switch
    {
        FieldType.String => value.GetValue<string>(),
        FieldType.Bool => value.GetValue<bool>(),
        FieldType.Bytes => ByteString.CopyFrom(Convert.FromBase64String(value.GetValue<string>().Replace('-', '+').Replace('_', '/'))),
        FieldType.Enum => field.EnumType.FindValueByName(value.GetValue<string>())?.Number,
        FieldType.Message => field.MessageType.File.Package == "google.protobuf" ? WellKnown(field.MessageType, value.GetValue<string>(), path) : Nested(field, (JsonObject)value, path),
        _ => Number(field, value, path),
    };

    private IMessage Nested(FieldDescriptor field, JsonObject sent, string path)
    {
        var message = field.MessageType.Parser.ParseFrom(ByteString.Empty);
        Fill(message, sent, path);
        return message;
    }

    private object? Number(FieldDescriptor field, JsonNode value, string path)
    {
        var text = value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
        var fits = field.FieldType is FieldType.Int64 or FieldType.UInt64
            ? long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var wide) ? wide : (object?)null
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var narrow) ? narrow : null;
        if (fits is null)
        {
            Refuse("bad-number", $"{text} does not fit '{field.JsonName}'; expected a {(field.FieldType == FieldType.Int64 ? "64" : "32")}-bit integer.", path);
        }

        return fits;
    }

    /// <summary>Durations, times and masks, which JSON has as strings.</summary>
    private IMessage? WellKnown(MessageDescriptor type, string text, string path)
    {
        try
        {
            return JsonParser.Default.Parse(JsonSerializer.Serialize(type.Name == "Duration" ? Short(text) : text, ConfigJson.Default.String), type);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or FormatException)
        {
            var (code, expected) = type.Name switch
            {
                "Duration" => ("bad-duration", $"expected seconds with an 's' at the end, with up to nine digits after the point{Seconds(text)}"),
                "Timestamp" => ("bad-time", "expected a time like '2026-01-31T12:00:00Z'"),
                _ => ("bad-value", "expected the names of fields"),
            };
            Refuse(code, $"'{text}' is not a {type.Name.ToLowerInvariant()}; {expected}.", path);
            return null;
        }
    }

    /// <summary>Without zeros in front, which the service takes and the library does not.</summary>
    private static string Short(string duration)
    {
        var zeros = duration.AsSpan().IndexOfAnyExcept('0');
        return zeros > 0 && char.IsAsciiDigit(duration[zeros]) ? duration[zeros..] : duration;
    }

    /// <summary>What was meant by <c>1h</c>, <c>20m</c> or <c>600</c>.</summary>
    private static string Seconds(string text)
    {
        var unit = text.Length > 1 ? text[^1] : ' ';
        var factor = unit switch { 'h' => 3600, 'm' => 60, >= '0' and <= '9' => 1, _ => 0 };
        return factor > 0 && decimal.TryParse(char.IsAsciiDigit(unit) ? text : text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 100_000_000
            ? $": '{(number * factor).ToString("0.#########", CultureInfo.InvariantCulture)}s'"
            : ", like '600s'";
    }

    private void Refuse(string code, string message, string path) => problems.Add(Problem.Error(code, message, places.Of(path)));
}
