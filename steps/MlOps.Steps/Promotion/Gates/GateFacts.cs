using MlOps.Steps.Ledger;
using MlOps.Steps.Project;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Promotion.Gates;

/// <summary>All that the gates look at; none of them asks anybody else.</summary>
/// <param name="From">The environment that the release comes from.</param>
/// <param name="FromState">What is known of it.</param>
/// <param name="To">The environment that it is to come to.</param>
/// <param name="Release">With its evidence.</param>
/// <param name="Build">The build that this runs in, if somebody approved it.</param>
public sealed record GateFacts(
    DeliveryEnvironment From, EnvironmentState FromState, DeliveryEnvironment To, EnvironmentState ToState, ReleaseRecord Release, ApprovedBuild? Build, DateTimeOffset Now);

/// <summary>Cloud Build's own approval of a build.</summary>
/// <param name="Commit">The commit that the build is of.</param>
public sealed record ApprovedBuild(string Build, string Approver, DateTimeOffset Time, string? Commit);
