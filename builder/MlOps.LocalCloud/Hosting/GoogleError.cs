using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using MlOps.Google;

namespace MlOps.LocalCloud.Hosting;

/// <summary>An error as Google's REST APIs give it: <c>{"error": {"code", "message", "status"}}</c> (AIP-193).</summary>
internal static class GoogleError
{
    public static Task WriteAsync(HttpContext context, StatusCode status, string message, JsonNode? details = null)
    {
        var error = new JsonObject { ["code"] = Http(status), ["message"] = message, ["status"] = EnumName.Of(status) };
        if (details is JsonArray { Count: > 0 })
        {
            error["details"] = details.DeepClone();
        }

        context.Response.StatusCode = Http(status);
        context.Response.ContentType = "application/json; charset=UTF-8";
        return context.Response.WriteAsync(new JsonObject { ["error"] = error }.ToJsonString(), context.RequestAborted);
    }

    /// <summary>As google/rpc/code.proto pairs them.</summary>
    private static int Http(StatusCode status) => status switch
    {
        StatusCode.OK => 200,
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => 400,
        StatusCode.Unauthenticated => 401,
        StatusCode.PermissionDenied => 403,
        StatusCode.NotFound => 404,
        StatusCode.AlreadyExists or StatusCode.Aborted => 409,
        StatusCode.ResourceExhausted => 429,
        StatusCode.Cancelled => 499,
        StatusCode.Unimplemented => 501,
        StatusCode.Unavailable => 503,
        StatusCode.DeadlineExceeded => 504,
        _ => 500,
    };
}
