using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Code = Grpc.Core.StatusCode;

namespace MlOps.LocalCloud.Vertex.Pipelines.Serving;

/// <summary><c>order_by</c> of a list: <c>create_time desc, end_time</c>; by default the newest first.</summary>
internal static class JobOrder
{
    /// <exception cref="RpcException">INVALID_ARGUMENT: an unknown field.</exception>
    public static Func<IEnumerable<PipelineJob>, IEnumerable<PipelineJob>> Parse(string text)
    {
        var keys = (text.Trim().Length == 0 ? "create_time desc" : text).Split(',').Select(Key).ToList();
        return jobs => keys.Aggregate((IOrderedEnumerable<PipelineJob>?)null, (ordered, key) => (ordered, key.Descending) switch
        {
            (null, false) => jobs.OrderBy(key.Of),
            (null, true) => jobs.OrderByDescending(key.Of),
            (_, false) => ordered.ThenBy(key.Of),
            _ => ordered.ThenByDescending(key.Of),
        })!;
    }

    private static (Func<PipelineJob, Timestamp?> Of, bool Descending) Key(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Func<PipelineJob, Timestamp?>? of = words.FirstOrDefault() switch
        {
            "create_time" => job => job.CreateTime,
            "update_time" => job => job.UpdateTime,
            "start_time" => job => job.StartTime,
            "end_time" => job => job.EndTime,
            _ => null,
        };
        return of is not null && (words.Length == 1 || (words.Length == 2 && words[1] is "asc" or "desc"))
            ? (of, words.Length == 2 && words[1] == "desc")
            : throw new RpcException(new Status(Code.InvalidArgument, $"order_by '{text.Trim()}' is not known; expected create_time, update_time, start_time or end_time, with 'desc' for the latest first."));
    }
}
