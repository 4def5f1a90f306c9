using CsCheck;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Ledger;
using MlOps.Steps.Project;
using MlOps.Steps.Promotion.Gates;
using MlOps.Steps.Releases;
using static MlOps.Steps.Tests.Promotion.Gates.GateLab;

namespace MlOps.Steps.Tests.Promotion.Gates;

public sealed class GateCheckTests
{
    // What adds something goes before what takes it away again: several are taken in this order.
    private static readonly (string Gate, Func<GateFacts, GateFacts> Take)[] Taken =
    [
        ("metrics", facts => facts with { Release = Without<RunStatement>(facts).With([Evidence.Of(Ran("dev", "SUCCEEDED", Metrics(("evaluate.loss", 0.1))))]) }),
        ("source", facts => facts with { Release = facts.Release.With([Evidence.Of(Ran("dev", "FAILED", Metrics(), "j2"))]) }),
        ("tests", facts => facts with { Release = Without<TestsStatement>(facts) }),
        ("lint", facts => facts with { Release = Without<LintStatement>(facts) }),
        ("source", facts => facts with { Release = Without<RunStatement>(facts) }),
        ("metrics", facts => facts with { Release = Without<RunStatement>(facts) }),
        ("source", facts => facts with { FromState = EnvironmentState.Empty }),
        ("soak", facts => facts with { FromState = EnvironmentState.Empty }),
        ("approval", facts => facts with { ToState = State(facts.ToState.Moves[0]) }),
        ("metrics", facts => facts with { ToState = State([facts.ToState.Moves[0] with { Runs = [] }, .. facts.ToState.ApprovalsOf(Id)]) }),
        ("freeze", facts => facts with { To = facts.To with { Gates = facts.To.Gates with { Freeze = [new FreezeWindow(null, null, [], "No/Where", null)] } } }),
        ("hold", facts => facts with { ToState = facts.ToState.After(Move("prod", LedgerAction.Hold, null, -1) with { Why = "broken" }) }),
        ("source", facts => facts with { Release = facts.Release with { Commit = "c0ffee-dirty-0123" } }),
    ];

    [Fact]
    public void What_shows_everything_passes_all_gates() =>
        Assert.Equal(["source", "tests", "lint", "metrics", "approval", "soak", "freeze", "hold"], GateCheck.Run(Passing).Where(gate => gate.Outcome == GateOutcome.Passed).Select(gate => gate.Gate));

    [Fact]
    public void No_gate_passes_without_its_facts() => Gen.Int[0, Taken.Length - 1].List[1, 4].Sample(taken =>
    {
        var facts = taken.Order().Aggregate(Passing, (now, at) => Taken[at].Take(now));
        var failed = GateCheck.Run(facts).Where(gate => gate.Outcome != GateOutcome.Passed).Select(gate => gate.Gate).ToHashSet(StringComparer.Ordinal);
        return failed.IsSupersetOf(taken.Select(at => Taken[at].Gate));
    });

    [Fact]
    public void A_gate_that_cannot_be_checked_does_not_pass() =>
        (Passing with { To = Passing.To with { Gates = Strict with { Freeze = [new FreezeWindow(null, null, [DayOfWeek.Monday], "No/Where", null)] } } }).Fails("freeze", "it could not be checked:");

    [Fact]
    public void Source()
    {
        Passing.Passes("source", "in dev since 2026-11-26 10:00 UTC; training SUCCEEDED");
        (Passing with { FromState = EnvironmentState.Empty }).Fails("source", "it never ran in dev: 'mlops ci --env dev' delivers it there");
        (Passing with { FromState = State(Move("dev", LedgerAction.Promote, Id, -60, EntryState.Started)) }).Fails("source", "it never ran in dev");
        var left = Passing with { FromState = State(Move("dev", LedgerAction.Deliver, Id, -60), Move("dev", LedgerAction.Deliver, Digest.Of("next"), -30)) };
        left.Fails("source", "dev does not run it any more, it runs");
        (left with { To = left.To with { Gates = Strict with { Source = "ran" } } }).Passes("source", "training SUCCEEDED");
        (Passing with { FromState = State(Move("dev", LedgerAction.Deliver, Id, -60), Move("dev", LedgerAction.Rollback, Digest.Of("last"), -30)), To = left.To with { Gates = Strict with { Source = "ran" } } }).Fails("source", "dev went back from it at 2026-11-26 11:30 UTC");
        (Passing with { Release = Record(Ran("staging", "SUCCEEDED", Metrics())) }).Fails("source", "no run of it in dev is known: give dev something to run");
        (Passing with { Release = Record(Ran("dev", "FAILED", Metrics())) }).Fails("source", "its run in dev ended FAILED: j1");
        (Passing with { Release = Record(Ran("dev", "FAILED", Metrics()), Ran("dev", "SUCCEEDED", Metrics(), "j2")) }).Passes("source", "training SUCCEEDED");
        (Passing with { Release = Record(Ran("dev", "SUCCEEDED", Metrics()), Ran("dev", "CANCELLED", Metrics(), "j2", "scoring")) }).Fails("source", "its run in dev ended CANCELLED: j2");
        (Passing with { Release = Passing.Release with { Commit = "c0ffee-dirty-0123abc" } }).Fails("source", "it was made of files that are not committed (c0ffee-dirty-0123abc)");
    }

    [Fact]
    public void Tests()
    {
        Passing.Passes("tests", "3 passed");
        (Passing with { Release = Record(new TestsStatement(Noon, "dev", 2, 1, 0)) }).Fails("tests", "1 of 3 tests failed");
        (Passing with { Release = Record(new TestsStatement(Noon, "dev", 0, 0, 4)) }).Fails("tests", "no test was run");
        (Passing with { Release = Record() }).Fails("tests", "nothing says that tests were run on it");
        (Passing with { Release = Record(new TestsStatement(Noon, "dev", 2, 1, 0), new TestsStatement(Noon, "dev", 3, 0, 2)) }).Passes("tests", "3 passed, 2 skipped");
        Assert.DoesNotContain(GateCheck.Run(Passing with { To = Passing.To with { Gates = Strict with { Tests = false } } }), gate => gate.Gate == "tests");
    }

    [Fact]
    public void Lint()
    {
        Passing.Passes("lint", "clean");
        (Passing with { Release = Record() }).Fails("lint", "nothing says that it was linted");
        (Passing with { Release = Record(new LintStatement(Noon, "dev", 2, 0)) }).Fails("lint", "2 errors");
        var warned = Passing with { Release = Record(new LintStatement(Noon, "dev", 0, 1)) };
        warned.Fails("lint", "1 warning; 'lint: errors'");
        (warned with { To = warned.To with { Gates = Strict with { Lint = "errors" } } }).Passes("lint", "1 warning");
        Assert.DoesNotContain(GateCheck.Run(warned with { To = warned.To with { Gates = Strict with { Lint = "off" } } }), gate => gate.Gate == "lint");
    }

    [Fact]
    public void Approval()
    {
        Passing.Passes("approval", "bob@example.com at 2026-11-26 11:50 UTC");
        var before = Passing.ToState.Moves[0];
        (Passing with { ToState = State(before) }).Fails("approval", $"nobody approved it: 'mlops approve {Id.Short} --to prod'");
        (Passing with { ToState = State(before, Move("prod", LedgerAction.Approve, Digest.Of("other"), -1) with { By = "bob@example.com" }) }).Fails("approval", "nobody approved it");
        (Passing with { ToState = State(before, Move("prod", LedgerAction.Approve, Id, -1)) }).Fails("approval", "ann@example.com, who approved it, is not among the approvers of prod (bob@example.com)");
        (Passing with { ToState = Passing.ToState.After(Move("prod", LedgerAction.Approve, Id, -1) with { Sequence = 9 }) }).Passes("approval", "bob@example.com");
        var build = new ApprovedBuild("b1", "bob@example.com", Noon, "c0ffee0123");
        (Passing with { ToState = State(before), Build = build }).Passes("approval", "bob@example.com at 2026-11-26 12:00 UTC, of the build b1");
        (Passing with { ToState = State(before), Build = build with { Approver = "eve" } }).Fails("approval", "eve, who approved the build, is not among");
        (Passing with { ToState = State(before), Build = build with { Commit = "abad1dea" } }).Fails("approval", "nobody approved it");
        (Passing with { ToState = State(before), Build = build with { Commit = null } }).Fails("approval", "nobody approved it");
    }

    [Fact]
    public void Soak()
    {
        Passing.Passes("soak", "2h in dev");
        (Passing with { Now = Noon.AddMinutes(-60) }).Passes("soak", "1h in dev");
        (Passing with { Now = Noon.AddMinutes(-61) }).Fails("soak", "59m of 1h in dev; passes at 2026-11-26 11:00 UTC");
        (Passing with { Now = Noon.AddHours(-8) }).Fails("soak", "0s of 1h in dev");
        (Passing with { FromState = State(Move("dev", LedgerAction.Deliver, Id, -600), Move("dev", LedgerAction.Deliver, Digest.Of("next"), -60)) }).Fails("soak", "it does not run in dev");
        // It was away meanwhile: it proves itself anew.
        (Passing with { FromState = State(Move("dev", LedgerAction.Deliver, Id, -600), Move("dev", LedgerAction.Deliver, Digest.Of("next"), -60), Move("dev", LedgerAction.Rollback, Id, -30)) }).Fails("soak", "30m of 1h");
        (Passing with { FromState = State(Move("dev", LedgerAction.Deliver, Id, -600), Move("dev", LedgerAction.Deliver, Id, -30)) }).Passes("soak", "10h in dev");
    }

    [Fact]
    public void Hold()
    {
        Passing.Passes("hold", "not held");
        var hold = Move("prod", LedgerAction.Hold, null, -5) with { Why = "an audit", Until = Noon.AddMinutes(1) };
        (Passing with { ToState = Passing.ToState.After(hold) }).Fails("hold", "ann@example.com holds prod since 2026-11-26 11:55 UTC until 2026-11-26 12:01 UTC: an audit. 'mlops hold prod --lift' ends it");
        (Passing with { ToState = Passing.ToState.After(hold), Now = Noon.AddMinutes(1) }).Passes("hold", "not held");
    }

    [Theory]
    [InlineData("2026-11-27T11:59:59Z", true)]
    [InlineData("2026-11-27T12:00:00Z", false)]
    [InlineData("2026-11-28T11:59:59Z", false)]
    [InlineData("2026-11-28T12:00:00Z", true)]
    public void Freeze_begins_at_its_first_moment_and_ends_before_its_last(string now, bool passes)
    {
        var facts = Passing with { Now = DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture) };
        Assert.Equal(passes ? GateOutcome.Passed : GateOutcome.Failed, facts.Of("freeze").Outcome);
    }

    [Theory]
    // A Saturday in Berlin, in winter (UTC+1) and in summer (UTC+2).
    [InlineData("2026-11-27T22:59:59Z", "Europe/Berlin", true)]
    [InlineData("2026-11-27T23:00:00Z", "Europe/Berlin", false)]
    [InlineData("2026-11-28T22:59:59Z", "Europe/Berlin", false)]
    [InlineData("2026-11-28T23:00:00Z", "Europe/Berlin", true)]
    [InlineData("2026-07-03T22:00:00Z", "Europe/Berlin", false)]
    [InlineData("2026-07-03T21:59:59Z", "Europe/Berlin", true)]
    [InlineData("2026-11-28T00:00:00Z", "Etc/UTC", false)]
    [InlineData("2026-11-28T12:00:00Z", "Pacific/Kiritimati", true)]
    public void Frozen_days_are_those_of_the_time_zone(string now, string zone, bool passes)
    {
        var facts = Passing with { Now = DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture), To = Passing.To with { Gates = Strict with { Freeze = [new FreezeWindow(null, null, [DayOfWeek.Saturday], zone, "weekend")] } } };
        var result = facts.Of("freeze");
        Assert.Equal(passes ? GateOutcome.Passed : GateOutcome.Failed, result.Outcome);
        Assert.Equal(passes, !result.Detail.Contains("prod is frozen on Saturday: weekend", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_what_the_policy_allows_is_skipped_and_the_reason_is_kept()
    {
        var to = Passing.To with { Gates = Strict with { Skippable = ["soak"] } };
        var results = GateCheck.Run(Passing with { Now = Noon.AddMinutes(-90) });
        var skipped = GateCheck.Skip(results, ["soak"], "hotfix", to);
        Assert.Equal((GateOutcome.Skipped, "hotfix"), (skipped.Single(gate => gate.Gate == "soak").Outcome, skipped.Single(gate => gate.Gate == "soak").Why));
        Assert.All(skipped.Where(gate => gate.Gate != "soak"), gate => Assert.Null(gate.Why));
        Assert.Equal(GateOutcome.Passed, GateCheck.Skip(GateCheck.Run(Passing), ["soak"], "hotfix", to).Single(gate => gate.Gate == "soak").Outcome);
        var problems = Assert.Throws<InvalidInputException>(() => GateCheck.Skip(results, ["soak", "test", "approval"], " ", to)).Problems;
        Assert.Equal(["unknown-gate", "gate-not-skippable", "no-reason"], problems.Select(problem => problem.Code));
        Assert.Contains("Did you mean 'tests'?", problems[0].Message, StringComparison.Ordinal);
    }

    private static ReleaseRecord Without<T>(GateFacts facts)
        where T : Statement => facts.Release with { Evidence = [.. facts.Release.Evidence.Where(evidence => evidence.Statement is not T)] };
}
