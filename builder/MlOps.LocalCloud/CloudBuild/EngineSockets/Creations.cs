using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary>What steps create on the engine: labelled, so that it goes with the build; containers of Google's images, with the build's folders.</summary>
internal static class Creations
{
    /// <summary>A network or a volume.</summary>
    public static Task LabelledAsync(Exchange exchange, CancellationToken cancel) => RewriteAsync(exchange, body => Label(exchange, body), cancel);

    public static Task ContainerAsync(Exchange exchange, CancellationToken cancel) => RewriteAsync(
        exchange,
        async body =>
        {
            await Label(exchange, body);
            if (Text(body["Image"]) is { Length: > 0 } image)
            {
                body["Image"] = await exchange.Behind.PreparedAsync(image, cancel);
            }

            await MountsAsync(exchange.Behind, body["HostConfig"] as JsonObject, cancel);
        },
        cancel);

    private static Task Label(Exchange exchange, JsonObject body)
    {
        var labels = body["Labels"] as JsonObject ?? [];
        foreach (var (name, value) in exchange.Behind.Scope.CreationLabels)
        {
            labels[name] = value;
        }

        body["Labels"] = labels.Parent is null ? labels : body["Labels"];
        return Task.CompletedTask;
    }

    /// <summary><c>-v /workspace:/x</c> and <c>--mount type=bind,source=/workspace/sub,…</c> mean the step's own paths.</summary>
    private static async Task MountsAsync(EngineBehind behind, JsonObject? host, CancellationToken cancel)
    {
        if (host?["Binds"] is JsonArray binds)
        {
            for (var i = 0; i < binds.Count; i++)
            {
                if (Text(binds[i]) is { } bind && bind.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 && await behind.PathAsync(bind[..colon], cancel) is { } path)
                {
                    binds[i] = path + bind[colon..];
                }
            }
        }

        foreach (var mount in (host?["Mounts"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (Text(mount["Type"]) == "bind" && Text(mount["Source"]) is { } source && await behind.PathAsync(source, cancel) is { } path)
            {
                mount["Source"] = path;
            }
        }
    }

    // What is no JSON object, the engine itself refuses best.
    private static async Task RewriteAsync(Exchange exchange, Func<JsonObject, Task> rewrite, CancellationToken cancel)
    {
        var body = await exchange.ReadBodyAsync(cancel);
        if (Parse(body) is { } document)
        {
            try
            {
                await rewrite(document);
            }
            catch (Core.Problems.StepFailedException refusal)
            {
                await exchange.RefuseAsync(500, exchange.Behind.Transport.Names.ToGoogle(refusal.Message), cancel);
                return;
            }

            body = Encoding.UTF8.GetBytes(document.ToJsonString());
        }

        await exchange.ForwardAsync(exchange.Call, body, cancel);
    }

    private static JsonObject? Parse(byte[] body)
    {
        try
        {
            // Keys are looked at here, where a repeated one is found out.
            return JsonNode.Parse(body) is JsonObject document && document.Count >= 0 ? document : null;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
