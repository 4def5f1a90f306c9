using System.Text.RegularExpressions;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Operations;

/// <summary>
/// The REST routes of operations, which Google defines in each service's configuration and not in protos:
/// <c>/v1/PARENT/operations[/ID[:cancel|:wait]]</c>, whatever the parent, and <c>/v1/operations/…</c> without one.
/// </summary>
internal sealed partial class OperationsRest(OperationsService operations)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var match = Grammar().Match(context.Request.Path.Value!["/v1/".Length..]);
        if (!match.Success)
        {
            await Unimplemented.AnswerAsync(context);
            return;
        }

        try
        {
            var answer = await CallAsync(context, match.Groups["parent"].Value, match.Groups["id"].Value, match.Groups["verb"].Value);
            context.Response.ContentType = "application/json; charset=UTF-8";
            await context.Response.WriteAsync(GrpcApis.Json.Format(answer), context.RequestAborted);
        }
        catch (RpcException refused)
        {
            await GoogleError.WriteAsync(context, refused.StatusCode, refused.Status.Detail);
        }
    }

    private async Task<IMessage> CallAsync(HttpContext context, string parent, string id, string verb)
    {
        var name = parent.Length > 0 ? $"{parent}/operations/{id}" : id;
        var query = context.Request.Query;
        return (context.Request.Method, id, verb) switch
        {
            ("GET", "", "") => operations.List(new ListOperationsRequest
            {
                Name = parent,
                Filter = query["filter"].ToString(),
                PageToken = query["pageToken"].ToString(),
                PageSize = int.TryParse(query["pageSize"], out var size) ? size : 0,
            }),
            ("GET", _, "") => operations.Get(name),
            ("DELETE", not "", "") => operations.Delete(name),
            ("POST", not "", "cancel") => await operations.CancelAsync(name),
            ("POST", not "", "wait") => await operations.WaitAsync(name, Patience(query["timeout"].ToString()), context.RequestAborted),
            var (method, _, _) => throw Rpc.Unimplemented($"Operations have no {method} {context.Request.Path}: they have GET, DELETE, :cancel and :wait."),
        };
    }

    private static TimeSpan? Patience(string timeout) => timeout.Length == 0 ? null : JsonParser.Default.Parse<Duration>($"\"{timeout}\"").ToTimeSpan();

    [GeneratedRegex("^((?<parent>.+)/operations(/(?<id>[^/:]+))?|(?<id>operations/[^:]+))(:(?<verb>[a-z]+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
