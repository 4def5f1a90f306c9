using Google.Cloud.CloudBuild.V1;
using MlOps.Google;
using MlOps.Google.Errors;
using MlOps.Google.Grpc;
using MlOps.Steps.Promotion.Gates;

namespace MlOps.Steps.Promotion;

/// <summary>Cloud Build's own approval of the build that a promotion runs in.</summary>
public static class BuildApprovals
{
    /// <returns>Null outside of a build, and where nobody approved it or the service does not say.</returns>
    public static async Task<ApprovedBuild?> FindAsync(GcpEndpoint endpoint, Actor actor, CancellationToken cancel)
    {
        if (actor.Build?.Split('/') is not ["projects", var project, "locations", var location, "builds", var id])
        {
            return null;
        }

        using var channels = new GrpcChannels(endpoint);
        try
        {
            var build = await new CloudBuilds(channels, project, location).GetAsync(id, cancel);
            return build?.Approval?.Result is { Decision: ApprovalResult.Types.Decision.Approved } result
                ? new ApprovedBuild(id, result.ApproverAccount.Length > 0 ? result.ApproverAccount : "somebody", result.ApprovalTime?.ToDateTimeOffset() ?? default, CommitOf(build))
                : null;
        }
        catch (CloudException)
        {
            // Unknown is not approved.
            return null;
        }
    }

    private static string? CommitOf(global::Google.Cloud.CloudBuild.V1.Build build) => build.Substitutions.TryGetValue("COMMIT_SHA", out var commit) && commit.Length > 0 ? commit : null;
}
