using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.Pipelines.Ir;

/// <summary>Numbers of the IR. google.protobuf.Value holds doubles; whole ones are written without a fraction, so that integers stay integers.</summary>
internal static class IrNumber
{
    /// <summary>±(2^53−1): what a double, and so the IR, holds exactly.</summary>
    public const long Largest = (1L << 53) - 1;

    // From here on a double's neighbours are more than 1 apart and its digits mean nothing.
    private const double Exact = 1e15;

    /// <summary>The value of a JSON number, whatever .NET type it was made from.</summary>
    public static double Value(JsonNode number)
    {
        var value = number.AsValue();
        return value.TryGetValue<double>(out var real) ? real
            : value.TryGetValue<long>(out var whole) ? whole
            : double.Parse(number.ToJsonString(), CultureInfo.InvariantCulture);
    }

    public static bool IsExact(long whole) => whole is <= Largest and >= -Largest;

    /// <summary>The first integer of a value, or within a list or map, that the IR cannot hold exactly, as it is written.</summary>
    public static string? Inexact(JsonNode? value) => value switch
    {
        JsonObject map => map.Select(pair => Inexact(pair.Value)).FirstOrDefault(found => found is not null),
        JsonArray list => list.Select(Inexact).FirstOrDefault(found => found is not null),
        JsonValue scalar when scalar.GetValueKind() == JsonValueKind.Number && scalar.ToJsonString() is var text && !text.AsSpan().ContainsAny('.', 'e', 'E') && Math.Abs(Value(scalar)) > Largest => text,
        _ => null,
    };

    /// <summary>The number; an integer if it is whole.</summary>
    public static JsonValue Of(double number) =>
        number == Math.Truncate(number) && Math.Abs(number) < Exact ? JsonValue.Create((long)number) : JsonValue.Create(number);

    /// <summary>A copy in which every whole number is an integer.</summary>
    public static JsonNode? Normalised(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Normalised(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Normalised)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => Of(Value(value)),
        null => null,
        _ => node.DeepClone(),
    };
}
