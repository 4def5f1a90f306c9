using Google.Cloud.CloudBuild.V1;
using Google.LongRunning;

namespace MlOps.LocalCloud.CloudBuild;

/// <summary>The one way into the queue, for CreateBuild, RetryBuild and triggers alike.</summary>
internal sealed class BuildIntake
{
    /// <summary>Checks a build, substitutes, records it as QUEUED (or PENDING where it needs an approval) and queues it.</summary>
    /// <param name="parent"><c>projects/P/locations/L</c></param>
    /// <param name="build">As it was sent; <c>buildTriggerId</c> set for a trigger's.</param>
    /// <param name="builtIns">Values of built-in substitutions that the caller knows (COMMIT_SHA, BRANCH_NAME, TRIGGER_NAME, …), by name; PROJECT_ID, BUILD_ID, PROJECT_NUMBER and LOCATION are added.</param>
    /// <param name="approvalRequired">Starts as PENDING.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every problem.</exception>
    public Task<Operation> CreateAsync(string parent, Build build, IReadOnlyDictionary<string, string> builtIns, bool approvalRequired, CancellationToken cancel) =>
        throw new NotSupportedException();
}
