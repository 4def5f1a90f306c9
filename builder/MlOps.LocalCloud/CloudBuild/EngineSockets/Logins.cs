using System.Text.Json;
using MlOps.Google;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary><c>docker login</c>: to Google's registries it always succeeds, for the local one asks for nothing.</summary>
internal static class Logins
{
    public static async Task AnswerAsync(Exchange exchange, CancellationToken cancel)
    {
        var body = await exchange.ReadBodyAsync(cancel);
        await (GcpEndpoint.IsGoogleRegistry(Host(body))
            ? exchange.AnswerAsync(200, """{"IdentityToken":"","Status":"Login Succeeded"}""", cancel)
            : exchange.ForwardAsync(exchange.Call, body, cancel));
    }

    private static string Host(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var address = document.RootElement.EnumerateObject().FirstOrDefault(field => field.Name.Equals("serveraddress", StringComparison.OrdinalIgnoreCase)).Value;
            var text = address.ValueKind == JsonValueKind.String ? address.GetString()! : "";
            return text[(text.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0)..].Split('/')[0];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return "";
        }
    }
}
