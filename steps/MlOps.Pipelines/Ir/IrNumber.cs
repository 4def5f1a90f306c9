using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.Pipelines.Ir;

/// <summary>Numbers of the IR. google.protobuf.Value holds doubles; whole ones are written without a fraction, so that integers stay integers.</summary>
internal static class IrNumber
{
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
