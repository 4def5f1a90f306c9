using System.Text.Json;
using Docker.DotNet;

namespace MlOps.Containers;

/// <summary>The engine's own words in a refusal: <c>{"message": "…"}</c>.</summary>
public static class EngineMessage
{
    public static string Of(DockerApiException error)
    {
        try
        {
            using var body = JsonDocument.Parse(error.ResponseBody ?? "");
            return body.RootElement.GetProperty("message").GetString() ?? error.Message;
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return error.Message;
        }
    }
}
