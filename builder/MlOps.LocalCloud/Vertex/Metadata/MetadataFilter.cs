using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Data.Sqlite;
using MlOps.LocalCloud.Hosting;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace MlOps.LocalCloud.Vertex.Metadata;

/// <summary><c>filter</c> of the lists of contexts, artifacts and executions, with the fields that metadata_service.proto documents.</summary>
internal static class MetadataFilter
{
    private const string Example = """display_name="model", uri="gs://…", schema_title="system.Model", create_time>"2026-01-31T00:00:00Z", metadata.accuracy.number_value>0.9, in_context("projects/…/contexts/RUN")""";
    private const string ContextExample = """display_name="train", schema_title="system.PipelineRun", metadata.pipeline.string_value="train", parent_contexts:"projects/…/contexts/PIPELINE" """;

    /// <param name="connection">For what the rows say: which context has which nodes.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: the filter cannot be read.</exception>
    public static Func<T, bool> Parse<T>(string text, SqliteConnection connection)
        where T : class, IMessage<T>
    {
        var isContext = typeof(T) == typeof(Context);
        return ListFilter<T>.Parse(
            text,
            name => isContext ? Relative<T>(name, connection) ?? Field<T>(name) : Field<T>(name),
            isContext ? ContextExample.TrimEnd() : Example,
            name => name == "in_context" && !isContext ? context => Within<T>(context, connection) : null);
    }

    private static FilterField<T>? Field<T>(string name)
        where T : class, IMessage<T> => name switch
        {
            "name" or "display_name" or "schema_title" => FilterField<T>.Texts.One(node => node.Text(name)),
            "uri" when typeof(T) == typeof(Artifact) => FilterField<T>.Texts.One(node => node.Text(name)),
            "state" when typeof(T) != typeof(Context) => FilterField<T>.Texts.One(node => node.Text(name)),
            "create_time" or "update_time" => new FilterField<T>.Time(node => (Timestamp?)node.Field(name)),
            _ when name.StartsWith("metadata.", StringComparison.Ordinal) => Entry<T>(name["metadata.".Length..]),
            _ => null,
        };

    /// <summary><c>KEY.string_value</c>, <c>"odd:key".number_value</c>, <c>KEY.bool_value</c>.</summary>
    private static FilterField<T>? Entry<T>(string path)
        where T : class, IMessage<T>
    {
        var dot = path.LastIndexOf('.');
        var key = dot < 0 ? "" : path[..dot].Trim('"');
        Value? Of(T node) => ((Struct?)node.Field("metadata"))?.Fields.GetValueOrDefault(key);
        return (key.Length == 0 ? "" : path[(dot + 1)..]) switch
        {
            "string_value" => FilterField<T>.Texts.One(node => Of(node) is { HasStringValue: true } value ? value.StringValue : null),
            "number_value" => new FilterField<T>.Number(node => Of(node) is { HasNumberValue: true } value ? value.NumberValue : null),
            "bool_value" => FilterField<T>.Texts.One(node => Of(node) is { HasBoolValue: true } value ? (value.BoolValue ? "true" : "false") : null),
            _ => null,
        };
    }

    private static FilterField<T>? Relative<T>(string name, SqliteConnection connection)
        where T : class, IMessage<T> => name switch
        {
            "parent_contexts" => new FilterField<T>.Texts(node => connection.Parents(node.Name())),
            "child_contexts" => new FilterField<T>.Texts(node => connection.Children(node.Name())),
            _ => null,
        };

    private static Func<T, bool> Within<T>(string context, SqliteConnection connection)
        where T : class, IMessage<T>
    {
        var members = connection.Members(context).ToHashSet(StringComparer.Ordinal);
        return node => members.Contains(node.Name());
    }
}
