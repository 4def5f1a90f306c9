using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Graph;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Project;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Run;

/// <summary>Runs the environment's pipelines on Vertex AI with its parameters and waits; several in order, or side by side where they say so.</summary>
public static class RunStep
{
    public static async Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel)
    {
        var planned = PlannedRuns(context.Project, context.Environment);
        if (planned.IsEmpty)
        {
            context.Log.Warning(Problem.Warning("nothing-to-run", $"Environment '{context.Environment.Name}' has no 'run': nothing was run, and the release has no run as evidence.", context.Environment.Spot));
            context.Workspace.Write(Records.Run, new PipelineRuns(context.Environment.Name, []));
            return StepResult.Done("nothing to run");
        }

        var release = ReleaseIdentity.Of(context).Id;
        var requests = Requests(context, planned, release);
        using var jobs = new Jobs(context.Endpoint, context.Environment);
        var runs = new List<PipelineRun>();
        // Neighbours that may run side by side are one group; groups run in order.
        foreach (var group in Groups(requests))
        {
            runs.AddRange(await Task.WhenAll(group.Select(request => OneAsync(context, jobs, request, release, cancel))));
        }

        context.Workspace.Write(Records.Run, new PipelineRuns(context.Environment.Name, [.. runs]));
        var summary = string.Join(", ", runs.Select(run => $"{run.Pipeline} {run.State}{(run.Reused ? " (known already)" : "")}"));
        return runs.TrueForAll(run => run.Reused) ? StepResult.Unchanged(summary) : StepResult.Done(summary);
    }

    /// <summary>What an environment runs: its <c>run</c>; without one, a repo's only pipeline.</summary>
    private static ImmutableArray<RunSettings> PlannedRuns(ProjectFile project, DeliveryEnvironment environment) =>
        environment.Runs.IsEmpty && project.Pipelines.Count == 1
            ? [new RunSettings(project.Pipelines.Keys.First(), null, RunSettings.DefaultTimeout, null, "slow", Parallel: false, environment.Spot)]
            : environment.Runs;

    /// <summary>All of them, checked, before the first one is submitted.</summary>
    private static ImmutableArray<PlannedRun> Requests(DeliveryContext context, ImmutableArray<RunSettings> planned, Digest release)
    {
        var problems = new List<Problem>();
        var uploaded = context.Workspace.Read(Records.Upload).Pipelines;
        var source = context.Workspace.Read(Records.Source);
        var labels = RunLabels.Of(source, release, context.Environment);
        var requests = ImmutableArray.CreateBuilder<PlannedRun>();
        foreach (var run in planned)
        {
            var compiled = context.Workspace.Read(Records.Compile).Pipelines.FirstOrDefault(pipeline => pipeline.Pipeline == run.Pipeline);
            if (compiled is null)
            {
                problems.Add(Problem.Error("unknown-pipeline", $"There is no pipeline '{run.Pipeline}'.{Suggestion.For(run.Pipeline, context.Project.Pipelines.Keys)}", run.Spot));
                continue;
            }

            var spec = JsonNode.Parse(File.ReadAllBytes(Path.Combine(context.Project.Root, compiled.File)))!.AsObject();
            var parameters = RunParameters.Read(spec, run, problems);
            var template = uploaded.FirstOrDefault(pipeline => pipeline.Pipeline == run.Pipeline)?.Uri;
            var request = new JobRequest(compiled.Name, spec, parameters, labels, template?.StartsWith("https://", StringComparison.Ordinal) == true ? template : null, run.Caching, run.FailurePolicy, run.Timeout);
            requests.Add(new PlannedRun(run, request));
        }

        return problems.Count == 0 ? requests.ToImmutable() : throw new InvalidInputException(problems);
    }

    private static async Task<PipelineRun> OneAsync(DeliveryContext context, Jobs jobs, PlannedRun planned, Digest release, CancellationToken cancel)
    {
        var start = context.Time.GetTimestamp();
        var (job, reused) = await Submission.AttachOrSubmitAsync(jobs, planned.Request, attempt => JobId.Of(planned.Request.DisplayName, release, context.Environment.Name, planned.Request.Parameters, attempt), cancel);
        context.Log.Line("run", planned.Settings.Pipeline, $"{(reused ? "found" : "submitted")} {job.Name}");
        if (!PipelineWait.HasEnded(job.State))
        {
            void Line(string line) => context.Log.Line("run", planned.Settings.Pipeline, line);
            job = await PipelineWait.UntilEndAsync(jobs, job.Name, planned.Settings.Timeout, new RunProgress(Line).Seen, Line, context.Time, cancel);
        }

        var outcome = RunOutcome.Of(job);
        return outcome.Succeeded
            ? new PipelineRun(planned.Settings.Pipeline, job.Name, outcome.State, planned.Request.Parameters, outcome.Outputs, outcome.Metrics, outcome.Tasks, context.Time.GetElapsedTime(start).TotalSeconds, reused)
            : throw FailureReport.Of(job);
    }

    private static IEnumerable<ImmutableArray<PlannedRun>> Groups(ImmutableArray<PlannedRun> runs)
    {
        var group = ImmutableArray<PlannedRun>.Empty;
        foreach (var run in runs)
        {
            if (!group.IsEmpty && !(run.Settings.Parallel && group[^1].Settings.Parallel))
            {
                yield return group;
                group = [];
            }

            group = group.Add(run);
        }

        yield return group;
    }

    private sealed record PlannedRun(RunSettings Settings, JobRequest Request);
}
