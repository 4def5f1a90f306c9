using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary>
/// In the cloud a build has an engine of its own, and <c>docker rm -f $(docker ps -aq)</c> or <c>docker system prune -af</c> are
/// harmless; here they see and remove only what the build has made.
/// </summary>
internal static class Limits
{
    public static Task OwnAsync(Exchange exchange, CancellationToken cancel) =>
        exchange.ForwardAsync(exchange.Call.With("filters", WithLabel(exchange.Call["filters"], exchange.Behind.Scope.Filter)), cancel);

    /// <summary>The filters (<c>{"label": {"a=b": true}}</c>, in older clients <c>{"label": ["a=b"]}</c>) and one label more.</summary>
    internal static string WithLabel(string? filters, string label)
    {
        var all = Parse(filters);
        if (all["label"] is JsonArray list)
        {
            list.Add(label);
        }
        else if (all["label"] is JsonObject set)
        {
            set[label] = true;
        }
        else
        {
            all["label"] = new JsonObject { [label] = true };
        }

        return all.ToJsonString();
    }

    private static JsonObject Parse(string? filters)
    {
        try
        {
            return string.IsNullOrEmpty(filters) ? [] : JsonNode.Parse(filters) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
