using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Vertex.Metadata;

/// <summary><c>order_by</c> of the lists of contexts, artifacts and executions; by default the newest first.</summary>
internal static class MetadataOrder
{
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: an unknown field.</exception>
    public static Func<IEnumerable<T>, IEnumerable<T>> Parse<T>(string text)
        where T : class, IMessage<T> => ListOrder<T>.Parse(
        text,
        "create_time desc, name",
        ["create_time", "update_time", "name", "display_name", "schema_title"],
        name => node => node.Field(name) switch { Timestamp time => time.ToDateTimeOffset(), string found => found, _ => null });
}
