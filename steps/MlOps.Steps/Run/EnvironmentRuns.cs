using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Project;

namespace MlOps.Steps.Run;

/// <summary>A compiled pipeline that an environment has.</summary>
/// <param name="Pipeline">Its name in mlops.yaml.</param>
/// <param name="Name">Its name in the IR.</param>
/// <param name="Uri">Where the environment keeps it.</param>
public sealed record RunnablePipeline(string Pipeline, string Name, JsonObject Spec, string? Uri);

/// <summary>
/// What an environment runs of a release, with its own parameters: each to its end, in order, or side by side where they say so. A run
/// that stands already for the same release and parameters is waited for, or its result is used (design.md, "The flow").
/// </summary>
/// <param name="line">Told what happens, with the pipeline's name.</param>
public sealed class EnvironmentRuns(ProjectFile project, EnvironmentPlace place, Digest release, Action<string, string> line, TimeProvider time)
{
    /// <summary>What an environment runs: its <c>run</c>; without one, a repo's only pipeline.</summary>
    public static ImmutableArray<RunSettings> Planned(ProjectFile project, DeliveryEnvironment environment) =>
        environment.Runs.IsEmpty && project.Pipelines.Count == 1
            ? [new RunSettings(project.Pipelines.Keys.First(), null, RunSettings.DefaultTimeout, null, "slow", Parallel: false, environment.Spot)]
            : environment.Runs;

    /// <summary>All of them, checked, before the first one is submitted.</summary>
    /// <exception cref="InvalidInputException">A pipeline that is not there, parameters that it does not take.</exception>
    public ImmutableArray<PlannedRun> Plan(IReadOnlyCollection<RunnablePipeline> pipelines, string repo, string commit)
    {
        var labels = RunLabels.Of(repo, commit, release, place.Environment);
        var problems = new List<Problem>();
        var planned = ImmutableArray.CreateBuilder<PlannedRun>();
        foreach (var run in Planned(project, place.Environment))
        {
            if (pipelines.FirstOrDefault(pipeline => pipeline.Pipeline == run.Pipeline) is not { } pipeline)
            {
                problems.Add(Problem.Error("unknown-pipeline", $"There is no pipeline '{run.Pipeline}'.{Suggestion.For(run.Pipeline, project.Pipelines.Keys)}", run.Spot));
                continue;
            }

            var parameters = RunParameters.Read(pipeline.Spec, run, problems);
            var template = pipeline.Uri?.StartsWith("https://", StringComparison.Ordinal) == true ? pipeline.Uri : null;
            planned.Add(new PlannedRun(run, new JobRequest(pipeline.Name, pipeline.Spec, parameters, labels, template, run.Caching, run.FailurePolicy, run.Timeout)));
        }

        return problems.Count == 0 ? planned.ToImmutable() : throw new InvalidInputException(problems);
    }

    /// <exception cref="StepFailedException">One did not succeed.</exception>
    public async Task<ImmutableArray<PipelineRun>> RunAsync(ImmutableArray<PlannedRun> planned, CancellationToken cancel)
    {
        using var jobs = new Jobs(place.Endpoint, place.Environment);
        var runs = ImmutableArray.CreateBuilder<PipelineRun>();
        // Neighbours that may run side by side are one group; groups run in order.
        foreach (var group in Groups(planned))
        {
            runs.AddRange(await Task.WhenAll(group.Select(run => OneAsync(jobs, run, cancel))));
        }

        return runs.ToImmutable();
    }

    /// <summary>A run that was waited for by somebody else, as its job tells of it; its parameters are those that the job was given.</summary>
    internal static PipelineRun Ended(string pipeline, PipelineJob job)
    {
        var outcome = RunOutcome.Of(job);
        return new PipelineRun(pipeline, job.Name, outcome.State, JobRequest.ParametersOf(job), outcome.Outputs, outcome.Metrics, outcome.Tasks, 0, Reused: true);
    }

    private async Task<PipelineRun> OneAsync(Jobs jobs, PlannedRun planned, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        var (settings, request) = (planned.Settings, planned.Request);
        var (job, reused) = await Submission.AttachOrSubmitAsync(jobs, request, attempt => JobId.Of(request.DisplayName, release, place.Name, request.Parameters, attempt), cancel);
        line(settings.Pipeline, $"{(reused ? "found" : "submitted")} {job.Name}");
        if (!PipelineWait.HasEnded(job.State))
        {
            void Line(string text) => line(settings.Pipeline, text);
            job = await PipelineWait.UntilEndAsync(jobs, job.Name, settings.Timeout, new RunProgress(Line).Seen, Line, time, cancel);
        }

        var outcome = RunOutcome.Of(job);
        return outcome.Succeeded
            ? new PipelineRun(settings.Pipeline, job.Name, outcome.State, request.Parameters, outcome.Outputs, outcome.Metrics, outcome.Tasks, time.GetElapsedTime(start).TotalSeconds, reused)
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

        if (!group.IsEmpty)
        {
            yield return group;
        }
    }
}

/// <summary>A run with all that is sent for it.</summary>
public sealed record PlannedRun(RunSettings Settings, JobRequest Request);
