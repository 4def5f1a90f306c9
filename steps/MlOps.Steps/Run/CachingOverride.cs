using System.Text.Json.Nodes;

namespace MlOps.Steps.Run;

/// <summary>Caching switched on or off for a whole run: replaces the options of every task, in root and in all components, and keeps their <c>cacheKey</c>.</summary>
internal static class CachingOverride
{
    public static JsonObject Apply(JsonObject spec, bool enabled)
    {
        var copy = spec.DeepClone().AsObject();
        foreach (var task in Dags(copy).SelectMany(dag => dag["tasks"]?.AsObject() ?? []).Select(pair => pair.Value!.AsObject()))
        {
            var options = task["cachingOptions"]?.AsObject() ?? [];
            options.Remove("enableCache");
            if (enabled)
            {
                options["enableCache"] = true;
            }

            if (options.Parent is null)
            {
                task["cachingOptions"] = options;
            }
        }

        return copy;
    }

    private static IEnumerable<JsonObject> Dags(JsonObject spec) =>
        (spec["components"]?.AsObject().Select(pair => pair.Value) ?? []).Append(spec["root"]).Select(component => component?["dag"]?.AsObject()).OfType<JsonObject>();
}
