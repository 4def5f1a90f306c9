using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using MlOps.Google.Errors;
using MlOps.Google.Http;
using MlOps.Google.Retry;

namespace MlOps.Google.Triggers;

/// <summary>
/// Triggers of one project and location over Cloud Build's REST API (https://cloud.google.com/build/docs/api/reference/rest): unlike the
/// proto's, its triggers have approvals and the older connections.
/// </summary>
public sealed class TriggerClient
{
    private const long LargestAnswer = 64 * 1024 * 1024;
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));
    private readonly GcpEndpoint _endpoint;
    private readonly HttpTransport _http;
    private readonly ServiceHost _host;

    public TriggerClient(GcpEndpoint endpoint, string project, string location, RetryPolicy? retry = null)
    {
        (_endpoint, _http) = (endpoint, new HttpTransport(retry ?? RetryPolicy.Default));
        _host = new ServiceHost("cloudbuild.googleapis.com", endpoint.Http ?? new Uri("https://cloudbuild.googleapis.com"));
        Parent = $"projects/{project}/locations/{location}";
    }

    /// <summary><c>projects/P/locations/L</c>.</summary>
    public string Parent { get; }

    /// <summary>Every trigger, newest first.</summary>
    public async Task<ImmutableArray<BuildTrigger>> ListAsync(CancellationToken cancel)
    {
        var triggers = ImmutableArray.CreateBuilder<BuildTrigger>();
        var token = "";
        do
        {
            var page = await CallAsync(HttpMethod.Get, $"/v1/{Parent}/triggers?pageSize=200{(token.Length > 0 ? "&pageToken=" + Uri.EscapeDataString(token) : "")}", null, $"list the triggers of {Parent}", cancel);
            triggers.AddRange((page["triggers"] as JsonArray ?? []).Select(trigger => Parser.Parse<BuildTrigger>(trigger!.ToJsonString())));
            token = page["nextPageToken"]?.GetValue<string>() ?? "";
        }
        while (token.Length > 0);
        return triggers.ToImmutable();
    }

    /// <exception cref="CloudException">It was refused.</exception>
    public async Task<BuildTrigger> CreateAsync(BuildTrigger trigger, CancellationToken cancel) =>
        Read(await CallAsync(HttpMethod.Post, $"/v1/{Parent}/triggers", trigger, $"make the trigger {trigger.Name}", cancel));

    /// <summary>Puts a trigger in the place of the one with that id.</summary>
    public async Task<BuildTrigger> ReplaceAsync(string id, BuildTrigger trigger, CancellationToken cancel)
    {
        var body = trigger.Clone();
        (body.Id, body.ResourceName) = (id, $"{Parent}/triggers/{id}");
        return Read(await CallAsync(HttpMethod.Patch, $"/v1/{Parent}/triggers/{Uri.EscapeDataString(id)}?triggerId={Uri.EscapeDataString(id)}", body, $"change the trigger {trigger.Name}", cancel));
    }

    public Task DeleteAsync(string id, CancellationToken cancel) =>
        CallAsync(HttpMethod.Delete, $"/v1/{Parent}/triggers/{Uri.EscapeDataString(id)}", null, $"remove the trigger {id}", cancel);

    private static BuildTrigger Read(JsonNode answer) => Parser.Parse<BuildTrigger>(answer.ToJsonString());

    private async Task<JsonNode> CallAsync(HttpMethod method, string path, BuildTrigger? body, string what, CancellationToken cancel)
    {
        var json = body is null ? null : JsonFormatter.Default.Format(body);
        var token = await _endpoint.Credential.GetAsync(cancel);
        using var response = await _http.SendAsync(_host, Create, LargestAnswer, cancel);
        var text = await response.Content.ReadAsStringAsync(cancel);
        return response.IsSuccessStatusCode ? JsonNode.Parse(text.Length > 0 ? text : "{}")! : throw Failure(response, text, what);

        HttpRequestMessage Create()
        {
            var request = new HttpRequestMessage(method, new Uri(_host.Base, path));
            request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
            return request;
        }
    }

    private CloudException Failure(HttpResponseMessage response, string text, string what)
    {
        string? said;
        try
        {
            said = JsonNode.Parse(text)?["error"]?["message"]?.GetValue<string>();
        }
        catch (System.Text.Json.JsonException)
        {
            said = null;
        }

        var remedy = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => $"{Environment.NewLine}Log in with 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS.",
            HttpStatusCode.Forbidden => $"{Environment.NewLine}The account lacks a role there: roles/cloudbuild.builds.viewer to read, roles/cloudbuild.builds.editor to write; or the API is off: gcloud services enable cloudbuild.googleapis.com.",
            _ => "",
        };
        return new CloudException(CanonicalStatus.Of(response.StatusCode), _host.Name, $"{_host} could not {what}: {(int)response.StatusCode} {response.ReasonPhrase}{(said is null ? "" : $": {Errors.Secrets.Removed(said, response.RequestMessage)}")}{remedy}");
    }
}
