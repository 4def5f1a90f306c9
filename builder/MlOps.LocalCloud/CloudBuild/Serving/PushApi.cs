using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using MlOps.LocalCloud.CloudBuild.Triggers;

namespace MlOps.LocalCloud.CloudBuild.Serving;

/// <summary>Where the hook of a watched repository tells of pushes: the lines that git gave it in, lines for the terminal out.</summary>
internal sealed class PushApi(ReceivedPushes pushes)
{
    public const string Route = "/mlops/git/{name}/push";

    public async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        context.Response.ContentType = "text/plain; charset=utf-8";
        var lines = new List<string>();
        await pushes.ReceiveAsync((string)context.Request.RouteValues["name"]!, Refs(text), lines.Add, context.RequestAborted);
        await context.Response.WriteAsync(string.Concat(lines.Select(line => line + "\n")), context.RequestAborted);
    }

    /// <summary><c>OLD NEW REF</c>, a line each (githooks, "post-receive").</summary>
    private static ImmutableArray<PushedRef> Refs(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 3)).Where(parts => parts.Length == 3).Select(parts => new PushedRef(parts[0], parts[1], parts[2]))];
}
