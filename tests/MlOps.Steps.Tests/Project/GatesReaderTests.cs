using MlOps.Core.Problems;
using MlOps.Steps.Project;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Project;

public sealed class GatesReaderTests : IDisposable
{
    private const string Dev = "name: a\nenvironments:\n  dev: {project: acme, region: us-central1, images: us-central1-docker.pkg.dev/acme/ml, pipelines: gs://acme/pipelines, pipelineRoot: gs://acme/root}\n  prod:\n    project: acme\n    region: us-central1\n    images: us-central1-docker.pkg.dev/acme/ml\n    pipelines: gs://acme/pipelines\n    pipelineRoot: gs://acme-prod/root\n";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private DeliveryEnvironment Read(string gates, string from = "    promoteFrom: dev\n")
    {
        _folder.Write("mlops.yaml", Dev + from + gates);
        return ProjectFileReader.Read(_folder.Path).Environments["prod"];
    }

    private IReadOnlyList<Problem> Problems(string gates, string from = "    promoteFrom: dev\n") => Assert.Throws<InvalidInputException>(() => Read(gates, from)).Problems;

    [Fact]
    public void Everything_at_once()
    {
        var prod = Read("""
                approval: required
                gates:
                  source: ran
                  tests: off
                  lint: errors
                  soak: 1d
                  metrics:
                    evaluate.accuracy: {atLeast: 0.8, worseBy: [0.01, 2%]}
                    'evaluate.loss.*': {atMost: 2, better: lower, worseBy: 5%}
                  freeze:
                    - {from: 2026-12-20, until: 2026-12-28T08:00, timeZone: Europe/Berlin, why: holidays}
                    - {from: 2026-12-31T16:00:00Z, until: '2027-01-02T10:00:00+01:00'}
                    - {days: [sat, Sunday], timeZone: Europe/Berlin}
                  approvers: [bob@example.com]
                  skippable: [soak, freeze]
            """);
        var gates = prod.Gates;
        Assert.True(prod.NeedsApproval);
        Assert.Equal(("ran", false, "errors", TimeSpan.FromDays(1)), (gates.Source, gates.Tests, gates.Lint, gates.Soak));
        Assert.Equal([new MetricRule("evaluate.accuracy", 0.8, null, true, 0.01, 0.02), new MetricRule("evaluate.loss.*", null, 2, false, null, 0.05)], gates.Metrics);
        Assert.Equal(["2026-12-19T23:00:00Z 2026-12-28T07:00:00Z", "2026-12-31T16:00:00Z 2027-01-02T09:00:00Z", " "], gates.Freeze.Select(window => $"{window.From?.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} {window.Until?.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"));
        Assert.Equal([DayOfWeek.Saturday, DayOfWeek.Sunday], gates.Freeze[2].Days);
        Assert.Equal(["bob@example.com soak freeze"], [$"{gates.Approvers.Single()} {string.Join(' ', gates.Skippable)}"]);
    }

    [Fact]
    public void Saying_nothing_asks_for_what_every_release_can_show() => Assert.Equal(GateSettings.Default, Read("").Gates);

    [Fact]
    public void All_mistakes_are_told_at_once_with_their_places() => Golden.Matches(string.Concat(Problems("""
            approval: requird
            gates:
              souce: runs
              source: runing
              tests: yes please
              lint: clear
              soak: 3
              metrics:
                a: {}
                b: {atLeast: high}
                c: {worseBy: Infinity%}
                d: {worseBy: [1, 2]}
                e: {worseBy: -1}
                f: {atLeast: 2, atMost: 1}
                g: {atLest: 1}
                h: 0.9
                i: {atLeast: .nan}
              freeze:
              - {from: 2026-12-20}
              - {from: 2026-12-20, until: 2026-12-20}
              - {from: 20/12/2026, until: '10:00'}
              - {days: [sunflower, monday]}
              - {days: []}
              - {days: sat, timeZone: Berlin}
              - always
              approvers: 5
              skippable: [soack, hold]
        """.ReplaceLineEndings("\n")).Select(problem => problem + "\n")), "gates-mistakes.txt");

    [Theory]
    [InlineData("    approval:\n")]
    [InlineData("    gates:\n")]
    [InlineData("    run: []\n")]
    [InlineData("    gates: {approvers: []}\n")]
    [InlineData("    gates: {metrics: {}}\n")]
    [InlineData("    gates:\n      metrics:\n        # evaluate.auc: {atLeast: 0.8}\n      soak: 1h\n")]
    [InlineData("    gates: {soak: null}\n")]
    public void A_policy_that_says_nothing_is_a_mistake(string text) => Assert.Equal("empty-value", Assert.Single(Problems(text)).Code);

    [Fact]
    public void Gates_without_a_way_in_stand_before_nothing() => Assert.Equal("gates-without-source", Assert.Single(Problems("    gates: {soak: 1h}\n", "")).Code);

    [Theory]
    [InlineData("2026-03-29T02:30", "2026-03-29T01:30:00Z")] // left out in Berlin
    [InlineData("2026-10-25T02:30", "2026-10-25T01:30:00Z")] // twice in Berlin: the standard one
    [InlineData("2026-07-01", "2026-06-30T22:00:00Z")]
    public void Moments_are_those_of_the_time_zone(string from, string utc)
    {
        var window = Assert.Single(Read($"    gates: {{freeze: {{from: {from}, until: 2027-01-01, timeZone: Europe/Berlin}}}}\n").Gates.Freeze);
        Assert.Equal(utc, window.From!.Value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
    }
}
