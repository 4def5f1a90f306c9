using System.Text.Json.Serialization;

namespace MlOps.Steps.Promotion.Gates;

[JsonConverter(typeof(JsonStringEnumConverter<GateOutcome>))]
public enum GateOutcome
{
    [JsonStringEnumMemberName("passed")]
    Passed,

    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It did not pass, and somebody went past it.</summary>
    [JsonStringEnumMemberName("skipped")]
    Skipped,
}

/// <summary>What a gate says of a release.</summary>
/// <param name="Detail">What it found; of one that did not pass, what would let it.</param>
/// <param name="Why">Of a skipped one: what whoever skipped it said.</param>
public sealed record GateResult(string Gate, GateOutcome Outcome, string Detail, string? Why = null)
{
    public static GateResult Passed(string gate, string detail) => new(gate, GateOutcome.Passed, detail);

    public static GateResult Failed(string gate, string detail) => new(gate, GateOutcome.Failed, detail);
}
