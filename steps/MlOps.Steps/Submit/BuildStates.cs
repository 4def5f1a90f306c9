using MlOps.Google;
using static Google.Cloud.CloudBuild.V1.Build.Types;

namespace MlOps.Steps.Submit;

/// <summary>Cloud Build's statuses: which are the end, and their names.</summary>
public static class BuildStates
{
    public static bool HasEnded(Status status) => status is not (Status.Unknown or Status.Pending or Status.Queued or Status.Working);

    /// <summary><c>SUCCESS</c>, <c>INTERNAL_ERROR</c>, …</summary>
    public static string Name(Status status) => status == Status.Unknown ? "STATUS_UNKNOWN" : EnumName.Of(status);

    /// <summary>A step's. Of one that has not begun the service may say nothing, and of one that ended with the service itself.</summary>
    public static Status Of(BuildMessage build, global::Google.Cloud.CloudBuild.V1.BuildStep step) =>
        step.Status != Status.Unknown ? step.Status : step.Timing?.StartTime is null ? Status.Queued : HasEnded(build.Status) ? Status.Cancelled : Status.Working;

    /// <summary>Null where it has not ended, or not begun.</summary>
    public static System.TimeSpan? Took(global::Google.Cloud.CloudBuild.V1.TimeSpan? timing) =>
        timing is { StartTime: { } start, EndTime: { } end } ? end.ToDateTimeOffset() - start.ToDateTimeOffset() : null;
}
