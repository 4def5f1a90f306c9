using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Storage;

/// <summary>An answer other than success, as Storage's JSON API gives it.</summary>
internal sealed class StorageFault(int code, string reason, string message) : Exception(message)
{
    public int Code { get; } = code;

    public static StorageFault NoBucket(string bucket) => new(404, "notFound", $"The specified bucket does not exist: {bucket}");

    public static StorageFault NoObject(string bucket, string name) => new(404, "notFound", $"No such object: {bucket}/{name}");

    public static StorageFault Invalid(string message) => new(400, "invalid", message);

    public static StorageFault Unimplemented(string method, string path) => new(
        501, "notImplemented", $"The local cloud's Storage has no {method} {path}: it has buckets and objects (insert, get, list, patch, update, delete, copy, rewrite, compose), uploads (media, multipart, resumable) and downloads.");

    public Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = Code;
        if (Code == StatusCodes.Status304NotModified)
        {
            return Task.CompletedTask;
        }

        response.ContentType = "application/json; charset=UTF-8";
        var detail = new JsonObject { ["message"] = Message, ["domain"] = "global", ["reason"] = reason };
        var error = new JsonObject { ["code"] = Code, ["message"] = Message, ["errors"] = new JsonArray(detail) };
        return response.WriteAsync(new JsonObject { ["error"] = error }.ToJsonString(), response.HttpContext.RequestAborted);
    }
}
