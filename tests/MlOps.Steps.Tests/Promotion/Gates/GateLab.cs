using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Core.Releases;
using MlOps.Steps.Ledger;
using MlOps.Steps.Project;
using MlOps.Steps.Promotion.Gates;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Tests.Promotion.Gates;

/// <summary>Facts that pass every gate; a test takes away or changes what it is about.</summary>
internal static class GateLab
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private static readonly Release Identity = new("repo", "c0ffee0123", ImmutableSortedDictionary<string, Digest>.Empty, ImmutableSortedDictionary<string, Digest>.Empty);

    public static Digest Id => Identity.Id;

    public static GateSettings Strict { get; } = GateSettings.Default with
    {
        Soak = TimeSpan.FromHours(1),
        Metrics = [new MetricRule("evaluate.accuracy", 0.8, null, HigherIsBetter: true, 0.05, 0.1)],
        Freeze = [new FreezeWindow(Noon.AddDays(1), Noon.AddDays(2), [], "Etc/UTC", "the holidays")],
        Approvers = ["bob@example.com"],
    };

    public static GateFacts Passing => new(
        Environment("dev"),
        State(Move("dev", LedgerAction.Deliver, Id, -120)),
        Environment("prod") with { Gates = Strict, NeedsApproval = true, PromoteFrom = "dev" },
        State(Move("prod", LedgerAction.Promote, Digest.Of("before"), -600) with { Runs = [new RunReference("training", "j0", "SUCCEEDED", Metrics(("evaluate.accuracy", 0.9)))] }, Move("prod", LedgerAction.Approve, Id, -10) with { By = "bob@example.com" }),
        Record(
            new TestsStatement(Noon, "dev", 3, 0, 0),
            new LintStatement(Noon, "dev", 0, 0),
            Ran("dev", "SUCCEEDED", Metrics(("evaluate.accuracy", 0.91)))),
        null,
        Noon);

    public static DeliveryEnvironment Environment(string name) => DeliveryEnvironment.Local with { Name = name };

    public static ReleaseRecord Record(params Statement[] said) => new(Id, Identity.Repo, Identity.Commit, Identity.Components, Identity.Pipelines, [.. said.Select(Evidence.Of)]);

    public static RunStatement Ran(string environment, string state, ImmutableSortedDictionary<string, JsonNode?> metrics, string job = "j1", string pipeline = "training") =>
        new(Noon, environment, new PipelineRun(pipeline, job, state, [], [], metrics, [], 1, Reused: false));

    public static ImmutableSortedDictionary<string, JsonNode?> Metrics(params (string Name, double Value)[] values) => values.ToImmutableSortedDictionary(pair => pair.Name, JsonNode? (pair) => pair.Value);

    public static LedgerEntry Move(string environment, LedgerAction action, Digest? release, int minutes, EntryState state = EntryState.Completed) => new(Noon.AddMinutes(minutes), environment, action, state, "ann@example.com") { Release = release };

    public static EnvironmentState State(params LedgerEntry[] entries) => EnvironmentState.Of(entries.Select((entry, at) => entry with { Sequence = at + 1 }));

    public static GateResult Of(this GateFacts facts, string gate) => Assert.Single(GateCheck.Run(facts), result => result.Gate == gate);

    public static void Passes(this GateFacts facts, string gate, string said) => facts.Says(gate, GateOutcome.Passed, said);

    public static void Fails(this GateFacts facts, string gate, string said) => facts.Says(gate, GateOutcome.Failed, said);

    private static void Says(this GateFacts facts, string gate, GateOutcome outcome, string said)
    {
        var result = facts.Of(gate);
        Assert.Equal(outcome, result.Outcome);
        Assert.Contains(said, result.Detail, StringComparison.Ordinal);
    }
}
