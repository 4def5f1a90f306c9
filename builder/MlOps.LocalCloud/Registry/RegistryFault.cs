using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Registry;

/// <summary>A refusal as the OCI distribution specification words it.</summary>
internal sealed class RegistryFault(int status, string code, string message) : Exception(message)
{
    public static RegistryFault Name(string name) => new(
        404, "NAME_UNKNOWN", $"'{name}' is not an image of Artifact Registry: expected LOCATION/PROJECT/REPOSITORY/IMAGE (LOCATION-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE at Google) or gcr.io/PROJECT/IMAGE.");

    public static RegistryFault Manifest(string message) => new(400, "MANIFEST_INVALID", message);

    public static RegistryFault NoManifest(string reference) => new(404, "MANIFEST_UNKNOWN", $"manifest unknown: {reference}");

    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        var error = new JsonObject { ["code"] = code, ["message"] = Message };
        return context.Response.WriteAsync(new JsonObject { ["errors"] = new JsonArray(error) }.ToJsonString(), context.RequestAborted);
    }
}
