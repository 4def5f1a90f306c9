using static Google.Cloud.CloudBuild.V1.Build.Types;
using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>How a build ended.</summary>
/// <param name="Detail">For <c>statusDetail</c>.</param>
/// <param name="LogLines">The log's last lines.</param>
internal sealed record BuildEnd(Status Status, string Detail, FailureInfo? Failure, params IReadOnlyList<string> LogLines)
{
    public static readonly BuildEnd Success = new(Status.Success, "", null, "DONE");

    public static readonly BuildEnd Cancelled = new(Status.Cancelled, "", null, "CANCELLED", "ERROR: context canceled");

    public static readonly BuildEnd Timeout = new(Status.Timeout, "", null, "TIMEOUT", "ERROR: context deadline exceeded");

    public static BuildEnd Failed(BuildFaultException fault)
    {
        var detail = fault.Type == FailureType.UserBuildStep ? $"Build step failure: {fault.Message}" : fault.Message;
        return new BuildEnd(Status.Failure, fault.Message, new FailureInfo { Type = fault.Type, Detail = detail }, "ERROR", $"ERROR: {fault.Message}");
    }

    /// <summary>Neither the build's fault nor its user's.</summary>
    public static BuildEnd Broken(string reason) => new(Status.InternalError, reason, null, "ERROR", $"ERROR: {reason}");
}
