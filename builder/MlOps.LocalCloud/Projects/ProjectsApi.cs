using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Projects;

/// <summary>
/// What clients ask on their way about projects (Resource Manager), their locations, and which services are on (Service Usage).
/// Every project exists, and what the local cloud serves is on; nothing else can be switched on.
/// </summary>
internal sealed class ProjectsApi(CloudDatabase database)
{
    private const string Started = "2024-01-01T00:00:00Z";

    private static readonly string[] Served =
    [
        "aiplatform.googleapis.com", "artifactregistry.googleapis.com", "cloudbuild.googleapis.com", "cloudresourcemanager.googleapis.com", "pubsub.googleapis.com",
        "secretmanager.googleapis.com", "serviceusage.googleapis.com", "storage.googleapis.com", "storage-api.googleapis.com", "storage-component.googleapis.com",
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/projects", context => WriteAsync(context, new JsonObject { ["projects"] = new JsonArray([.. Projects().Select(Project)]) }));
        routes.MapGet("/v1/projects/{project}", context => WriteAsync(context, Project(Value(context, "project"))));
        routes.MapGet("/v3/projects/{project}", context => WriteAsync(context, Named(Value(context, "project"))));
        foreach (var version in new[] { "v1", "v1beta1", "v1beta2" })
        {
            routes.MapGet($"/{version}/projects/{{project}}/locations", ListLocationsAsync);
            routes.MapGet($"/{version}/projects/{{project}}/locations/{{location}}", context => WriteAsync(context, Location(Value(context, "project"), Value(context, "location"))));
        }

        routes.MapGet("/v1/projects/{project}/services", ListServicesAsync);
        routes.MapGet("/v1/projects/{project}/services/{service}", context => WriteAsync(context, Service(Value(context, "project"), Value(context, "service"))));
        routes.MapPost("/v1/projects/{project}/services/{service}:enable", EnableAsync);
        routes.MapPost("/v1/projects/{project}/services:batchEnable", EnableManyAsync);
    }

    private Task ListLocationsAsync(HttpContext context)
    {
        var project = Value(context, "project");
        var used = database.Read(connection => connection.Query(
            "SELECT parent FROM repositories WHERE parent LIKE $parent UNION SELECT parent FROM secrets WHERE parent LIKE $parent",
            row => row.GetString(0).Split('/')[^1],
            ("$parent", $"projects/{project}/locations/%")));
        return WriteAsync(context, new JsonObject { ["locations"] = new JsonArray([.. used.Append("us-central1").Distinct().Order(StringComparer.Ordinal).Select(location => Location(project, location))]) });
    }

    private static Task ListServicesAsync(HttpContext context)
    {
        var disabled = context.Request.Query["filter"].ToString().EndsWith("DISABLED", StringComparison.Ordinal);
        var services = (disabled ? [] : Served).Select(service => Service(Value(context, "project"), service));
        return WriteAsync(context, new JsonObject { ["services"] = new JsonArray([.. services]) });
    }

    private static Task EnableAsync(HttpContext context)
    {
        var (project, service) = (Value(context, "project"), Value(context, "service"));
        return Refused([service]) is { } refused
            ? GoogleError.WriteAsync(context, StatusCode.FailedPrecondition, refused)
            : WriteAsync(context, Done("EnableServiceResponse", "service", Service(project, service)));
    }

    private static async Task EnableManyAsync(HttpContext context)
    {
        var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        string[] services = [.. body?["serviceIds"]?.AsArray().Select(service => $"{service}") ?? []];
        await (Refused(services) is { } refused
            ? GoogleError.WriteAsync(context, StatusCode.FailedPrecondition, refused)
            : WriteAsync(context, Done("BatchEnableServicesResponse", "services", new JsonArray([.. services.Select(service => Service(Value(context, "project"), service))]))));
    }

    /// <summary>Not UNIMPLEMENTED: clients would ask again and again.</summary>
    private static string? Refused(string[] services) => Array.Find(services, service => !Served.Contains(service, StringComparer.Ordinal)) is { } missing
        ? $"The local cloud has no service {missing}. It has {string.Join(", ", Served)}."
        : null;

    private static JsonObject Done(string type, string field, JsonNode value) => new()
    {
        ["name"] = "operations/noop.DONE_OPERATION",
        ["done"] = true,
        ["response"] = new JsonObject { ["@type"] = $"type.googleapis.com/google.api.serviceusage.v1.{type}", [field] = value },
    };

    private static JsonObject Service(string project, string service) => new()
    {
        ["name"] = $"projects/{ProjectNumber.Of(project)}/services/{service}",
        ["config"] = new JsonObject { ["name"] = service },
        ["state"] = Served.Contains(service, StringComparer.Ordinal) ? "ENABLED" : "DISABLED",
        ["parent"] = $"projects/{ProjectNumber.Of(project)}",
    };

    private static JsonObject Location(string project, string location) => new() { ["name"] = $"projects/{project}/locations/{location}", ["locationId"] = location };

    private static JsonObject Project(string id) => new()
    {
        ["projectNumber"] = ProjectNumber.Of(id),
        ["projectId"] = id,
        ["lifecycleState"] = "ACTIVE",
        ["name"] = id,
        ["createTime"] = Started,
    };

    /// <summary>As version 3 has it.</summary>
    private static JsonObject Named(string id) => new()
    {
        ["name"] = $"projects/{ProjectNumber.Of(id)}",
        ["projectId"] = id,
        ["state"] = "ACTIVE",
        ["displayName"] = id,
        ["createTime"] = Started,
    };

    /// <summary>Those that something is in, and <c>local</c>.</summary>
    private IEnumerable<string> Projects() => database.Read(connection => connection.Query(
        "SELECT project FROM buckets UNION SELECT parent FROM repositories UNION SELECT parent FROM secrets", row => row.GetString(0)))
        .Select(parent => parent.StartsWith("projects/", StringComparison.Ordinal) ? parent.Split('/')[1] : parent)
        .Append("local")
        .Distinct()
        .Order(StringComparer.Ordinal);

    private static string Value(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    private static Task WriteAsync(HttpContext context, JsonObject answer)
    {
        context.Response.ContentType = "application/json; charset=UTF-8";
        return context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }
}
