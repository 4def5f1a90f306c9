using System.Net;
using System.Text.Json;
using MlOps.Google.Errors;
using MlOps.Google.Http;

namespace MlOps.Google.Storage;

/// <summary>A refusal of Cloud Storage in words.</summary>
internal static class StorageFailure
{
    public static async Task<CloudException> OfAsync(HttpResponseMessage response, ServiceHost host, string what, CancellationToken cancel)
    {
        var attempt = HttpTransport.Attempt(response);
        var tries = attempt > 1 ? $" after {attempt} attempts" : "";
        var said = Message(await response.Content.ReadAsByteArrayAsync(cancel));
        var text = $"{host} could not {what}{tries}: {(int)response.StatusCode} {response.ReasonPhrase}{(said is null ? "" : $": {Secrets.Removed(said, response.RequestMessage)}")}";
        return response.StatusCode == HttpStatusCode.PreconditionFailed
            ? new PreconditionFailedException(host.Name, $"{text}{Environment.NewLine}Somebody else wrote it in between; read it again and decide anew.")
            : new CloudException(CanonicalStatus.Of(response.StatusCode), host.Name, text + Remedy(response.StatusCode));
    }

    private static string? Message(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, StorageJson.Default.StorageErrorBody)?.Error?.Message;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Remedy(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => $"{Environment.NewLine}Log in with 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS.",
        HttpStatusCode.Forbidden => $"{Environment.NewLine}The account lacks a role there: roles/storage.objectViewer to read, roles/storage.objectUser to write.",
        HttpStatusCode.NotFound => $"{Environment.NewLine}Check the names; a bucket must exist before objects are written to it.",
        _ => "",
    };
}
