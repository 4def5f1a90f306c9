using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Metadata;

/// <summary>
/// The metadata server of build steps and pipeline tasks, where Google's clients find project and credentials by themselves
/// (<c>GCE_METADATA_HOST</c> tells them the address). Its tokens say nothing and open nothing: no service here asks for one.
/// </summary>
internal sealed class MetadataServer(Func<IPAddress?, CancellationToken, Task<MetadataCaller>> callerAsync, TimeProvider time)
{
    private const string Flavor = "Metadata-Flavor", Google = "Google", Root = "/computeMetadata/v1";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Root + "/{**path}", AnswerAsync);
        routes.MapGet("/", PingAsync);
    }

    /// <summary>Clients ask for the root to find out whether there is a metadata server.</summary>
    private static Task PingAsync(HttpContext context) =>
        context.Request.Headers[Flavor] == Google ? WriteAsync(context, "computeMetadata/\n", "application/text") : Unimplemented.AnswerAsync(context);

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Headers[Flavor] != Google || context.Request.Headers.ContainsKey("X-Forwarded-For"))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await WriteAsync(context, $"Missing {Flavor}:{Google} header, or the request was forwarded.\n", "text/plain");
            return;
        }

        var caller = await callerAsync(context.Connection.RemoteIpAddress, context.RequestAborted);
        var path = (context.Request.RouteValues["path"] as string ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        await (path switch
        {
            ["instance", "service-accounts", var account, "token"] when IsOwn(account, caller) => WriteJsonAsync(context, Token()),
            ["instance", "service-accounts", var account, "identity"] when IsOwn(account, caller) => IdentityAsync(context, caller),
            _ => NodeAsync(context, caller, path),
        });
    }

    private static Task NodeAsync(HttpContext context, MetadataCaller caller, string[] path)
    {
        var query = context.Request.Query;
        switch (MetadataTree.At(MetadataTree.Of(caller), path))
        {
            case null:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return WriteAsync(context, $"The local cloud's metadata server has no {context.Request.Path}.\n", "text/plain");
            case JsonObject folder when query["recursive"] == "true" || query["alt"] == "json":
                return WriteJsonAsync(context, MetadataTree.Recursive(folder)!);
            case JsonObject folder:
                return WriteAsync(context, MetadataTree.Listing(folder), "application/text");
            case var leaf when query["alt"] == "json":
                return WriteJsonAsync(context, leaf);
            case var leaf:
                return WriteAsync(context, MetadataTree.Text(leaf), "application/text");
        }
    }

    private static bool IsOwn(string account, MetadataCaller caller) => account == "default" || account == caller.ServiceAccount;

    private static JsonObject Token() => new()
    {
        ["access_token"] = $"local-cloud-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}",
        ["expires_in"] = (int)Lifetime.TotalSeconds - 1,
        ["token_type"] = "Bearer",
    };

    /// <summary>An identity token that nobody has signed, and that says so (RFC 7519, section 6).</summary>
    private Task IdentityAsync(HttpContext context, MetadataCaller caller)
    {
        if (context.Request.Query["audience"].ToString() is not { Length: > 0 } audience)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return WriteAsync(context, "non-empty audience parameter required\n", "text/plain");
        }

        var now = time.GetUtcNow();
        var claims = new JsonObject
        {
            ["aud"] = audience,
            ["azp"] = ProjectNumber.Of(caller.Project),
            ["email"] = caller.ServiceAccount,
            ["email_verified"] = true,
            ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["iss"] = "https://accounts.google.com",
            ["sub"] = ProjectNumber.Of(caller.Project),
        };
        return WriteAsync(context, $"{Part(new JsonObject { ["alg"] = "none", ["typ"] = "JWT" })}.{Part(claims)}.", "application/text");
    }

    private static string Part(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static Task WriteJsonAsync(HttpContext context, JsonNode json) => WriteAsync(context, json.ToJsonString(), "application/json");

    private static Task WriteAsync(HttpContext context, string text, string type)
    {
        context.Response.ContentType = type;
        context.Response.Headers[Flavor] = Google;
        context.Response.Headers.Server = "Metadata Server for VM";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
