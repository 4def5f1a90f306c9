using System.Collections.Immutable;
using MlOps.Core.Problems;

namespace MlOps.Steps.Promotion.Gates;

/// <summary>All gates of an environment, checked together; one that cannot say anything does not pass.</summary>
public static class GateCheck
{
    private static readonly ImmutableArray<Gate> Gates =
    [
        new("source", _ => true, SourceGates.Source),
        new("tests", facts => facts.To.Gates.Tests, EvidenceGates.Tests),
        new("lint", facts => facts.To.Gates.Lint != "off", EvidenceGates.Lint),
        new("metrics", facts => !facts.To.Gates.Metrics.IsEmpty, MetricsGate.Check),
        new("approval", facts => facts.To.NeedsApproval, TimeGates.Approval),
        new("soak", facts => facts.To.Gates.Soak > TimeSpan.Zero, SourceGates.Soak),
        new("freeze", facts => !facts.To.Gates.Freeze.IsEmpty, TimeGates.Freeze),
        new("hold", _ => true, TimeGates.Hold),
    ];

    public static ImmutableArray<GateResult> Run(GateFacts facts) => [.. Gates.Where(gate => gate.IsAsked(facts)).Select(gate => gate.Check(facts))];

    /// <summary>Gates that were not passed and may be skipped become skipped ones.</summary>
    /// <param name="skip">Names of gates.</param>
    /// <exception cref="InvalidInputException">The environment's policy lets nobody skip one of them, or there is none of that name.</exception>
    public static ImmutableArray<GateResult> Skip(ImmutableArray<GateResult> results, IReadOnlyCollection<string> skip, string? why, Project.DeliveryEnvironment to)
    {
        var problems = new List<Problem>();
        foreach (var name in skip)
        {
            if (!Project.ProjectKeys.SkippableGates.Contains(name))
            {
                problems.Add(Problem.Error("unknown-gate", $"There is no gate '{name}'.{Suggestion.For(name, Project.ProjectKeys.SkippableGates)}"));
            }
            else if (!to.Gates.Skippable.Contains(name))
            {
                problems.Add(Problem.Error("gate-not-skippable", $"The policy of {to.Name} lets nobody skip the gate '{name}': {(to.Gates.Skippable.IsEmpty ? "none may be skipped" : $"only {string.Join(", ", to.Gates.Skippable)} may be")} ('skippable' in its gates, mlops.yaml).", to.Spot));
            }
        }

        if (skip.Count > 0 && string.IsNullOrWhiteSpace(why))
        {
            problems.Add(Problem.Error("no-reason", "--skip-gate needs --why: the ledger keeps the reason."));
        }

        return problems.Count > 0
            ? throw new InvalidInputException(problems)
            : [.. results.Select(result => result.Outcome == GateOutcome.Failed && skip.Contains(result.Gate) ? result with { Outcome = GateOutcome.Skipped, Why = why } : result)];
    }

    private sealed record Gate(string Name, Func<GateFacts, bool> IsAsked, Func<GateFacts, GateResult> Ask)
    {
        public GateResult Check(GateFacts facts)
        {
            try
            {
                return Ask(facts);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                return GateResult.Failed(Name, $"it could not be checked: {error.Message}");
            }
        }
    }
}
