using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.Pipelines.Tests.Conformance;

/// <summary>Compares IR as the goldens' README says: without <c>sdkVersion</c>, numbers by value, order in lists but not of keys.</summary>
internal static class JsonDifference
{
    /// <summary>The first place where the two differ; null where they are equal.</summary>
    public static string? First(JsonNode? expected, JsonNode? actual, string path = "$")
    {
        switch (expected, actual)
        {
            case (JsonObject wanted, JsonObject given):
                var keys = wanted.Select(pair => pair.Key).Union(given.Select(pair => pair.Key)).Where(key => key != "sdkVersion").Order(StringComparer.Ordinal);
                return keys.Select(key => !wanted.ContainsKey(key) ? $"{path}.{key} is too many: {given[key]?.ToJsonString()}"
                    : !given.ContainsKey(key) ? $"{path}.{key} is missing: {wanted[key]?.ToJsonString()}"
                    : First(wanted[key], given[key], $"{path}.{key}")).FirstOrDefault(found => found is not null);
            case (JsonArray wanted, JsonArray given) when wanted.Count == given.Count:
                return Enumerable.Range(0, wanted.Count).Select(index => First(wanted[index], given[index], string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"))).FirstOrDefault(found => found is not null);
            case (JsonValue wanted, JsonValue given) when wanted.GetValueKind() == JsonValueKind.Number && given.GetValueKind() == JsonValueKind.Number:
                return wanted.GetValue<double>().Equals(given.GetValue<double>()) ? null : $"{path} is {given}, not {wanted}";
            default:
                return JsonNode.DeepEquals(expected, actual) ? null : $"{path} is {actual?.ToJsonString()}, not {expected?.ToJsonString()}";
        }
    }
}
