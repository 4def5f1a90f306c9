using System.Text;
using System.Text.Json;
using MlOps.LocalCloud.CloudBuild.EngineSockets.Http;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary>Calls of ours to the engine whose progress is handed on line by line, with Google's names.</summary>
internal static class ImageStream
{
    private const string NoAuth = "e30=";

    /// <summary>A call of another address than the client's.</summary>
    /// <returns>The failure that the engine told, which was not handed on; null for a success.</returns>
    public static async Task<string?> HandOnAsync(this EngineBehind behind, ApiCall call, string target, string? auth, ChunkWriter client, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, call.Version + target);

        // The engine insists on the header, even for a registry that asks for nothing: {} in base64.
        request.Headers.TryAddWithoutValidation("X-Registry-Auth", auth ?? NoAuth);
        return await SendAsync(behind, request, client, cancel);
    }

    /// <summary>The client's own call, which has no body.</summary>
    /// <returns>The failure that the engine told, which was not handed on; null for a success.</returns>
    public static async Task<string?> HandOnAsync(this EngineBehind behind, ApiCall call, HttpHead original, ChunkWriter client, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, call.Target);
        foreach (var header in original.Without("Host", "Connection", "Content-Length", "Transfer-Encoding", "Expect", "Upgrade").Headers)
        {
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return await SendAsync(behind, request, client, cancel);
    }

    private static async Task<string?> SendAsync(EngineBehind behind, HttpRequestMessage request, ChunkWriter client, CancellationToken cancel)
    {
        using var response = await behind.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        using var lines = new StreamReader(body, Encoding.UTF8);
        string? failure = null;
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            if (Failure(line, isRefusal: !response.IsSuccessStatusCode) is { } told)
            {
                failure = behind.Transport.Names.ToGoogle(told);
            }
            else if (line.Length > 0)
            {
                await client.WriteAsync(Encoding.UTF8.GetBytes(behind.Transport.Names.ToGoogle(line) + "\r\n"), cancel);
            }
        }

        return failure ?? (response.IsSuccessStatusCode ? null : $"The engine answered {(int)response.StatusCode}.");
    }

    public static ValueTask StatusAsync(this ChunkWriter client, string status, CancellationToken cancel) =>
        client.WriteAsync(Encoding.UTF8.GetBytes($"{{\"status\":{JsonSerializer.Serialize(status)}}}\r\n"), cancel);

    public static ValueTask FailAsync(this ChunkWriter client, string message, CancellationToken cancel)
    {
        var text = JsonSerializer.Serialize(message);
        return client.WriteAsync(Encoding.UTF8.GetBytes($"{{\"errorDetail\":{{\"message\":{text}}},\"error\":{text}}}\r\n"), cancel);
    }

    private static string? Failure(string line, bool isRefusal)
    {
        if (!isRefusal && !line.Contains("\"error", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty(isRefusal ? "message" : "error", out var message) ? message.GetString() : null;
        }
        catch (JsonException)
        {
            return isRefusal ? line : null;
        }
    }
}
