using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Hosting;

/// <summary>The framework's transcoder answers errors as a bare <c>google.rpc.Status</c>; Google's clients look for them under <c>error</c>.</summary>
internal static class RestErrors
{
    public static async Task RewriteAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var outer = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = outer;
        }

        if (context.Response.StatusCode >= 400 && Status(answer) is { } status)
        {
            context.Response.ContentLength = null;
            var message = status["message"]?.GetValue<string>() is { Length: > 0 } given ? given : $"The local cloud has no {context.Request.Method} {context.Request.Path}.";
            await GoogleError.WriteAsync(context, (StatusCode)status["code"]!.GetValue<int>(), message, status["details"]);
            return;
        }

        answer.Position = 0;
        await answer.CopyToAsync(outer, context.RequestAborted);
    }

    private static JsonObject? Status(MemoryStream answer)
    {
        try
        {
            return JsonNode.Parse(answer.ToArray()) is JsonObject status && status["code"]?.GetValueKind() == JsonValueKind.Number ? status : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
