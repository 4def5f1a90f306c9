using Google.Protobuf;
using MlOps.LocalCloud.Hosting;
using static MlOps.LocalCloud.Hosting.FilterField<Google.Protobuf.IMessage>;

namespace MlOps.LocalCloud.Vertex.Jobs.Serving;

/// <summary><c>filter</c> of a list, with the fields that the three list requests name.</summary>
internal static class JobFilter
{
    private const string Example = """state="JOB_STATE_FAILED", display_name="train*", labels.commit="…", create_time>"2026-01-31T00:00:00Z" """;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: the filter cannot be read.</exception>
    public static Func<IMessage, bool> Parse(string text) => ListFilter<IMessage>.Parse(text, Field, Example.TrimEnd());

    private static FilterField<IMessage>? Field(string name) => name switch
    {
        "create_time" or "update_time" or "start_time" or "end_time" => new Time(job => job.Time(name)),
        "createTime" or "updateTime" or "startTime" or "endTime" => new Time(job => job.Time(FieldMasks.SnakeCase(name))),
        "display_name" or "displayName" => Texts.One(job => job.DisplayName()),
        "name" => Texts.One(job => job.Name()),
        "state" => Texts.One(job => job.Text("state")),
        _ when name.StartsWith("labels.", StringComparison.Ordinal) => Texts.One(job => job.Label(name["labels.".Length..].Trim('"'))),
        _ => null,
    };
}
