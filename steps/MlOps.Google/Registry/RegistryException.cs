using System.Net;
using System.Text.Json;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Http;

namespace MlOps.Google.Registry;

/// <summary>A registry refused, or sent what it must not.</summary>
/// <param name="http">The status of its answer; null where what it answered was wrong.</param>
/// <param name="code">OCI error code, such as <c>NAME_UNKNOWN</c>; empty where it gave none.</param>
/// <param name="host">The registry.</param>
/// <param name="message">What was asked, what came back, what to do.</param>
public sealed class RegistryException(HttpStatusCode? http, string code, string host, string message)
    : CloudException(http is { } status ? CanonicalStatus.Of(status) : StatusCode.DataLoss, host, message)
{
    public HttpStatusCode? Http { get; } = http;

    /// <summary>OCI error code, such as <c>NAME_UNKNOWN</c>; empty where it gave none.</summary>
    public string Code { get; } = code;

    /// <summary>From an answer whose body has been read.</summary>
    internal static async Task<RegistryException> OfAsync(HttpResponseMessage response, ServiceHost host, string what, CancellationToken cancel)
    {
        var first = First(await response.Content.ReadAsByteArrayAsync(cancel));
        var attempt = HttpTransport.Attempt(response);
        var tries = attempt > 1 ? $" after {attempt} attempts" : "";
        var said = string.Join(": ", new[] { $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd(), first?.Code, first?.Message }.Where(part => !string.IsNullOrEmpty(part)));
        var code = first?.Code ?? "";
        return new RegistryException(response.StatusCode, code, host.Name, $"{host} could not {what}{tries}: {Secrets.Removed(said, response.RequestMessage)}{Remedy(response, host, code)}");
    }

    internal static RegistryException Wrong(ServiceHost host, string code, string message) => new(null, code, host.Name, $"{host}: {message}");

    private static OciError? First(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, RegistryJson.Default.OciErrors)?.Errors?.FirstOrDefault();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Remedy(HttpResponseMessage response, ServiceHost host, string code) => (response.StatusCode, code) switch
    {
        (HttpStatusCode.Unauthorized, _) => $"{Environment.NewLine}{LogIn(host.Name)}",
        (HttpStatusCode.Forbidden, _) => $"{Environment.NewLine}{(GcpEndpoint.IsGoogleRegistry(host.Name) ? "The account lacks a role there: roles/artifactregistry.reader to pull, roles/artifactregistry.writer to push." : "The account may not do this there; another one: " + LogIn(host.Name))}",
        (_, "NAME_UNKNOWN") => $"{Environment.NewLine}Check the image's name; the repository must exist before images are pushed to it.",
        (HttpStatusCode.TooManyRequests, _) when response.Headers.RetryAfter is { } wait => $"{Environment.NewLine}It asks to wait ({wait}); run the step again later.",
        _ => "",
    };

    private static string LogIn(string host) => GcpEndpoint.IsGoogleRegistry(host)
        ? $"Log in with 'gcloud auth application-default login' or 'gcloud auth configure-docker {host}'."
        : $"Log in with 'docker login {host}'.";
}
