using System.Text.Json.Nodes;
using MlOps.Core.Graph;
using MlOps.Core.Problems;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Run;

/// <summary>Runs the environment's pipelines on Vertex AI with its parameters and waits; several in order, or side by side where they say so.</summary>
public static class RunStep
{
    public static async Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel)
    {
        if (EnvironmentRuns.Planned(context.Project, context.Environment).IsEmpty)
        {
            context.Log.Warning(Problem.Warning("nothing-to-run", $"Environment '{context.Environment.Name}' has no 'run': nothing was run, and the release has no run as evidence.", context.Environment.Spot));
            context.Workspace.Write(Records.Run, new PipelineRuns(context.Environment.Name, []));
            return StepResult.Done("nothing to run");
        }

        var release = ReleaseIdentity.Of(context).Id;
        var source = context.Workspace.Read(Records.Source);
        var environmentRuns = new EnvironmentRuns(context.Project, context.Place, release, (pipeline, line) => context.Log.Line("run", pipeline, line), context.Time);
        var planned = environmentRuns.Plan(Pipelines(context), source.Repo, source.Commit);
        var runs = await environmentRuns.RunAsync(planned, cancel);
        context.Workspace.Write(Records.Run, new PipelineRuns(context.Environment.Name, runs) { Release = release });
        var summary = string.Join(", ", runs.Select(run => $"{run.Pipeline} {run.State}{(run.Reused ? " (known already)" : "")}"));
        return runs.All(run => run.Reused) ? StepResult.Unchanged(summary) : StepResult.Done(summary);
    }

    private static RunnablePipeline[] Pipelines(DeliveryContext context)
    {
        var uploaded = context.Workspace.Read(Records.Upload).Pipelines;
        return [.. context.Workspace.Read(Records.Compile).Pipelines.Select(compiled => new RunnablePipeline(
            compiled.Pipeline,
            compiled.Name,
            JsonNode.Parse(File.ReadAllBytes(Path.Combine(context.Project.Root, compiled.File)))!.AsObject(),
            uploaded.FirstOrDefault(pipeline => pipeline.Pipeline == compiled.Pipeline)?.Uri))];
    }
}
