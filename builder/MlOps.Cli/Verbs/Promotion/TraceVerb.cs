using System.CommandLine;
using System.Text.Json;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Steps;
using MlOps.Steps.Trace;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops trace WHAT</c>: from an image, pipeline, run, model or commit to the release, back to its commit and on to where it runs.</summary>
internal static class TraceVerb
{
    private static readonly Argument<string> What = new("WHAT")
    {
        Description = "An image (pinned, or its digest), a pipeline (its address or sha256), a run (a job's id), a model (its artifact's id or gs:// URI), a commit, branch, tag or release.",
    };

    public static Command Command() => new Command("trace", "The chain that something belongs to: commit, release, images, pipelines, runs, models, environments.") { What }.Does(RunAsync);

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var session = PromotionSession.Open(verb);
        var known = await KnownReleases.ReadAsync(session.Repo, await session.PlacesAsync(verb.EnvironmentName, cancel), cancel);
        var code = verb.Report.Silent(known.Silent);
        var traces = await new TraceSearch(session.Project.Root, known).FindAsync(verb.Parsed.GetRequiredValue(What), cancel);
        verb.Report.ResultText(JsonSerializer.Serialize(traces, RecordJson.Default.ImmutableArrayReleaseTrace));
        TraceReport.Write(verb.Report, traces, verb.Time.GetUtcNow());
        return code;
    }
}
