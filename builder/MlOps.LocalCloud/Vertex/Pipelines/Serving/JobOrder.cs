using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Vertex.Pipelines.Serving;

/// <summary><c>order_by</c> of a list: <c>create_time desc, end_time</c>; by default the newest first.</summary>
internal static class JobOrder
{
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: an unknown field.</exception>
    public static Func<IEnumerable<PipelineJob>, IEnumerable<PipelineJob>> Parse(string text) =>
        ListOrder<PipelineJob>.Parse(text, "create_time desc", ["create_time", "update_time", "start_time", "end_time"], Field);

    private static Func<PipelineJob, IComparable?> Field(string name)
    {
        var field = PipelineJob.Descriptor.FindFieldByName(name);
        return job => ((Timestamp?)field.Accessor.GetValue(job))?.ToDateTimeOffset();
    }
}
