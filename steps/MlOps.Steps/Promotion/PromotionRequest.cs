using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Steps.Promotion.Gates;
using MlOps.Steps.Project;

namespace MlOps.Steps.Promotion;

/// <summary>What is to be promoted where, by whom.</summary>
/// <param name="Repo">The repo's name, under which its releases and ledgers are kept.</param>
/// <param name="SkipGates">Gates that may stay unpassed, where the policy of the environment allows it.</param>
/// <param name="Why">The reason for that, or for a rollback.</param>
/// <param name="Build">The approval of the build that this runs in.</param>
public sealed record PromotionRequest(
    ProjectFile Project, EnvironmentPlace From, EnvironmentPlace To, string Repo, Actor Actor, IReadOnlyCollection<string> SkipGates, string? Why, ApprovedBuild? Build)
{
    /// <summary>The checkout whose mlops.yaml and settings are asked; null where that is unknown.</summary>
    public string? Policy { get; init; }

    /// <summary>The git tag that is promoted, in a build of one; it is mostly younger than the release.</summary>
    public string? Tag { get; init; }
}

/// <summary>What a promotion or a rollback came to.</summary>
/// <param name="Action"><c>promote</c> or <c>rollback</c>.</param>
/// <param name="Previous">What the environment ran before.</param>
/// <param name="AlreadyThere">It ran the release before; nothing was moved.</param>
/// <param name="Entry">The ledger's entry.</param>
public sealed record MoveOutcome(
    string Action, string Environment, Digest Release, string Commit, Digest? Previous, bool AlreadyThere, ImmutableArray<GateResult> Gates, ImmutableArray<PipelineRun> Runs, long Entry);
