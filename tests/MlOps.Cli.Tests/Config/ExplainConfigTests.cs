using System.Xml.Linq;
using MlOps.Testing;

namespace MlOps.Cli.Tests.Config;

public sealed class ExplainConfigTests
{
    private const string Delivery = """
        steps:
        - {name: gcr.io/cloud-builders/git, id: fetch}
        - {name: 'python:3.11-slim', id: test, waitFor: [fetch]}
        - {name: 'python:3.11-slim', id: lint, waitFor: [fetch]}
        - {name: gcr.io/cloud-builders/docker, id: build, waitFor: [test, lint]}
        - {name: gcr.io/cloud-builders/docker, id: docs, waitFor: ['-']}
        - {name: gcr.io/cloud-builders/gcloud}
        """;

    private const string Ended = """
        {"steps": [
          {"id": "fetch", "timing": {"startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-01T00:00:02.5Z"}},
          {"id": "test", "timing": {"startTime": "2026-01-01T00:00:02.5Z", "endTime": "2026-01-01T00:01:10Z"}},
          {"id": "lint", "timing": {"startTime": "2026-01-01T00:00:02.5Z", "endTime": "2026-01-01T00:00:12Z"}},
          {"id": "build", "timing": {"startTime": "2026-01-01T00:01:10Z", "endTime": "2026-01-01T00:03:15Z"}},
          {"id": "docs", "timing": {"startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-01T01:02:00Z"}},
          {"timing": {"startTime": "2026-01-01T01:02:00Z", "endTime": "2026-01-01T01:02:04Z"}}]}
        """;

    [Fact]
    public async Task The_graph_in_words() => Golden.Matches((await ExplainAsync(Delivery)).Output, "explain.txt");

    [Fact]
    public async Task The_graph_by_the_timings_of_a_build() => Golden.Matches((await ExplainAsync(Delivery, "--durations", "ended.json")).Output, "explain-durations.txt");

    [Fact]
    public async Task The_graph_by_timeouts() => Golden.Matches((await ExplainAsync("steps: [{name: a, timeout: 90s}, {name: b, timeout: 10s, waitFor: ['-']}, {name: c, timeout: 4000s}]\n")).Output, "explain-timeouts.txt");

    [Fact]
    public async Task The_graph_for_machines() => Golden.Matches((await ExplainAsync(Delivery, "--output", "json")).Output, "explain.json");

    [Fact]
    public async Task The_graph_in_dot() => Golden.Matches((await ExplainAsync(Delivery, "--output", "dot")).Output, "explain.dot");

    [Fact]
    public async Task The_graph_as_a_picture()
    {
        var drawn = (await ExplainAsync(Delivery, "--output", "svg")).Output;
        Assert.Equal(6, XDocument.Parse(drawn).Descendants().Count(element => element.Name.LocalName == "g"));
        Golden.Matches(drawn, "explain.svg");
    }

    [Fact]
    public async Task An_id_that_no_earlier_step_has_is_told()
    {
        var outcome = await ExplainAsync("steps:\n- {name: a, id: fetch}\n- {name: b, waitFor: [fecth]}\n");
        Assert.Contains("cloudbuild.yaml:3:23: warning: No earlier step has the id 'fecth'", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("[wait-for-undefined]", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'fetch'?", outcome.Errors, StringComparison.Ordinal);
    }

    private static async Task<Outcome> ExplainAsync(string file, params string[] options)
    {
        using var folder = new TemporaryFolder();
        folder.Write("cloudbuild.yaml", file);
        folder.Write("ended.json", Ended);
        var outcome = await new Mlops(folder.Path, folder.Path).RunAsync(["config", "explain", "cloudbuild.yaml", .. options]);
        Assert.True(outcome.ExitCode == 0, outcome.All);
        return outcome;
    }
}
