using System.Text.Json;

namespace MlOps.Containers.Build;

/// <summary>The stream of JSON messages that answers <c>POST /build</c>.</summary>
internal static class BuildMessages
{
    /// <returns>The image's id, and what the engine says went wrong (null: nothing).</returns>
    public static async Task<(string? ImageId, string? Error)> ReadAsync(Stream body, BuildLog log, CancellationToken cancel)
    {
        string? image = null;
        string? error = null;
        using var reader = new StreamReader(body);
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line.Length > 0)
            {
                using var message = JsonDocument.Parse(line);
                Take(message.RootElement, log, ref image, ref error);
            }
        }

        log.End();
        return (image, error);
    }

    private static void Take(JsonElement message, BuildLog log, ref string? image, ref string? error)
    {
        if (message.TryGetProperty("error", out var said))
        {
            error = said.GetString();
        }

        if (message.TryGetProperty("stream", out var text))
        {
            log.Text(text.GetString() ?? "");
        }

        if (!message.TryGetProperty("aux", out var aux))
        {
            return;
        }

        if (aux.ValueKind == JsonValueKind.String && message.TryGetProperty("id", out var id) && id.GetString() == "moby.buildkit.trace")
        {
            log.Trace(BuildKitTrace.Parse(aux.GetBytesFromBase64()));
        }
        else if (aux.ValueKind == JsonValueKind.Object && aux.TryGetProperty("ID", out var found))
        {
            image = found.GetString();
        }
    }
}
