using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;

namespace MlOps.LocalCloud.CloudBuild;

/// <summary>A build fails outside of its steps' own exit codes; <see cref="Exception.Message"/> becomes <c>failureInfo.detail</c> and the log's last line.</summary>
internal sealed class BuildFaultException(FailureType type, string message, Exception? inner = null) : Exception(message, inner)
{
    public FailureType Type => type;
}
