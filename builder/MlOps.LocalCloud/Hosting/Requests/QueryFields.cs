using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Hosting.Requests;

/// <summary>A call's query parameters against the request's type: <c>pageSize</c>, <c>readMask</c>, <c>pipelineJob.displayName</c>.</summary>
internal static class QueryFields
{
    /// <summary>What every one of Google's APIs takes beside a request's own fields, with or without <c>$</c> (cloud.google.com/apis/docs/system-parameters).</summary>
    private static readonly HashSet<string> System = new(StringComparer.Ordinal)
    {
        "access_token", "alt", "apiKey", "bearer_token", "callback", "fields", "httpHeaders", "httpMethod", "key", "oauth_token", "outputDefaults",
        "pp", "prettyPrint", "quotaUser", "trace", "uploadType", "upload_protocol", "userIp", "userProject", "xgafv",
    };

    public static IEnumerable<FieldFault> Faults(IQueryCollection query, MessageDescriptor request) =>
        query.Where(parameter => !System.Contains(parameter.Key.TrimStart('$').TrimStart('.'))).SelectMany(parameter => Faults(parameter.Key, [.. parameter.Value], request));

    private static IEnumerable<FieldFault> Faults(string name, string?[] values, MessageDescriptor request)
    {
        var names = new List<string>();
        FieldDescriptor? field = null;
        foreach (var part in name.Split('.'))
        {
            field = (field is null ? request : Inside(field)) is { } type ? JsonFields.Find(type, part) : null;
            if (field is null)
            {
                return [FieldFault.Unknown(name, "", $"Cannot bind query parameter. Field '{part}' could not be found in request message.")];
            }

            names.Add(field.Name);
        }

        if (field!.FieldType == FieldType.Message)
        {
            return FieldValues.IsScalar(field.MessageType) ? [] : [FieldFault.Unknown(name, "", $"Cannot bind query parameter. '{name}' is a message type. Parameters can only be bound to primitive types.")];
        }

        return values.Where(value => !FieldValues.Reads(value ?? "", field)).Select(value => FieldFault.Value(string.Join('.', names), FieldValues.NameOf(field), $"\"{value}\""));
    }

    private static MessageDescriptor? Inside(FieldDescriptor field) => field is { FieldType: FieldType.Message, IsRepeated: false } ? field.MessageType : null;
}
