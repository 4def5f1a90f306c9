using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;

namespace MlOps.LocalCloud.CloudBuild.Sources;

/// <summary>A source that cannot be had, in words.</summary>
internal static class FetchFault
{
    public static BuildFaultException Of(string message, Exception? inner = null) => new(FailureType.FetchSourceFailed, message, inner);
}
