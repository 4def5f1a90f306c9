using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Hosting.Requests;

/// <summary>
/// The framework's transcoder passes over fields and parameters that it does not know, and says of a bad value that the JSON is
/// not correctly formatted. Google refuses all of them, each with its path: INVALID_ARGUMENT with a
/// <c>google.rpc.BadRequest</c>.
/// </summary>
internal static class StrictRequests
{
    /// <summary>To be called between the choice of the route and the call.</summary>
    public static async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is not { } call)
        {
            await next(context);
            return;
        }

        var faults = new List<FieldFault>(QueryFields.Faults(context.Request.Query, call.MethodDescriptor.InputType));
        if (TranscodedBody.Of(call) is { } body)
        {
            faults.AddRange(await BodyFaultsAsync(context, body));
        }

        await (faults.Count == 0 ? next(context) : RefuseAsync(context, faults));
    }

    private static async Task<IReadOnlyList<FieldFault>> BodyFaultsAsync(HttpContext context, TranscodedBody body)
    {
        using var sent = new MemoryStream();
        await context.Request.Body.CopyToAsync(sent, context.RequestAborted);
        context.Request.Body = new MemoryStream(sent.GetBuffer(), 0, (int)sent.Length);
        try
        {
            using var document = JsonDocument.Parse(sent.GetBuffer().AsMemory(0, (int)sent.Length));
            return JsonFields.Faults(document.RootElement, body.Type, body.Field);
        }
        catch (JsonException)
        {
            // The transcoder says so.
            return [];
        }
    }

    private static Task RefuseAsync(HttpContext context, List<FieldFault> faults)
    {
        var violations = faults.Select(fault => fault.Field.Length > 0
            ? new JsonObject { ["field"] = fault.Field, ["description"] = fault.Description }
            : new JsonObject { ["description"] = fault.Description });
        var details = new JsonArray(new JsonObject
        {
            ["@type"] = "type.googleapis.com/google.rpc.BadRequest",
            ["fieldViolations"] = new JsonArray([.. violations]),
        });
        return GoogleError.WriteAsync(context, StatusCode.InvalidArgument, string.Join('\n', faults.Select(fault => fault.Description)), details);
    }
}

/// <summary>One thing wrong with a request.</summary>
/// <param name="Field">The proto's names from the request on, <c>pipeline_job.labels[0].value</c>; empty for the request itself.</param>
internal sealed record FieldFault(string Field, string Description)
{
    /// <param name="at">The message that lacks the field.</param>
    public static FieldFault Unknown(string name, string at, string why) =>
        new(at, $"Invalid JSON payload received. Unknown name \"{name}\"{(at.Length > 0 ? $" at '{at}'" : "")}: {why}");

    public static FieldFault Value(string at, string type, string what) => new(at, $"Invalid value at '{at}' ({type}), {what}");
}

/// <summary>The message that a call's body holds.</summary>
/// <param name="Field">The request's field that is the body; empty where the body is the request.</param>
internal sealed record TranscodedBody(MessageDescriptor Type, string Field)
{
    /// <summary>A body that is taken as it came, a webhook's message.</summary>
    private const string Raw = "google.api.HttpBody";

    /// <returns>Null where the call has no body, or one that is no message.</returns>
    public static TranscodedBody? Of(GrpcJsonTranscodingMetadata call) => call.HttpRule.Body switch
    {
        "" => null,
        "*" => new(call.MethodDescriptor.InputType, ""),
        var name => call.MethodDescriptor.InputType.FindFieldByName(name) is { FieldType: FieldType.Message, IsRepeated: false, MessageType.FullName: not Raw } field ? new(field.MessageType, name) : null,
    };
}
