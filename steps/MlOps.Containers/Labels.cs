namespace MlOps.Containers;

/// <summary>The engine's filters: <c>{"label": {"key=value": true}}</c>.</summary>
internal static class Labels
{
    public static Dictionary<string, IDictionary<string, bool>> Filter(string label, string? value) => new(StringComparer.Ordinal)
    {
        ["label"] = new Dictionary<string, bool>(StringComparer.Ordinal) { [value is null ? label : $"{label}={value}"] = true },
    };
}
