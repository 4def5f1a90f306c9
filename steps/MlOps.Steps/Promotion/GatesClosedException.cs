using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Promotion.Gates;

namespace MlOps.Steps.Promotion;

/// <summary>A release did not pass the gates of an environment; nothing was changed.</summary>
public sealed class GatesClosedException(Digest release, string environment, ImmutableArray<GateResult> gates)
    : StepFailedException($"{release.Short} does not come to {environment}: {Quantity.Of(gates.Count(gate => gate.Outcome == GateOutcome.Failed), "gate")} did not pass ({string.Join(", ", gates.Where(gate => gate.Outcome == GateOutcome.Failed).Select(gate => gate.Gate))}). {environment} runs what it ran before.")
{
    public ImmutableArray<GateResult> Gates { get; } = gates;
}
