using MlOps.Core.Problems;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Promotion.Gates;

/// <summary>Gates that look at the statements about the release.</summary>
internal static class EvidenceGates
{
    public static GateResult Tests(GateFacts facts) => facts.Release.Last<TestsStatement>() switch
    {
        null => GateResult.Failed("tests", "nothing says that tests were run on it: 'mlops ci' records them"),
        { Failed: > 0 } tests => GateResult.Failed("tests", $"{tests.Failed} of {Quantity.Of(tests.Passed + tests.Failed, "test")} failed"),
        { Passed: 0 } => GateResult.Failed("tests", "no test was run; 'tests: off' in the environment's gates lets untested releases pass"),
        var tests => GateResult.Passed("tests", $"{tests.Passed} passed{(tests.Skipped > 0 ? $", {tests.Skipped} skipped" : "")}"),
    };

    public static GateResult Lint(GateFacts facts) => facts.Release.Last<LintStatement>() switch
    {
        null => GateResult.Failed("lint", "nothing says that it was linted: 'mlops ci' records it"),
        { Errors: > 0 } lint => GateResult.Failed("lint", Quantity.Of(lint.Errors, "error")),
        { Warnings: > 0 } lint when facts.To.Gates.Lint == "clean" => GateResult.Failed("lint", $"{Quantity.Of(lint.Warnings, "warning")}; 'lint: errors' in the environment's gates lets warnings pass"),
        { Warnings: > 0 } lint => GateResult.Passed("lint", Quantity.Of(lint.Warnings, "warning")),
        _ => GateResult.Passed("lint", "clean"),
    };
}
