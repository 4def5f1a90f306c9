using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Google.Cloud.AIPlatform.V1;
using MlOps.Google.Grpc;
using MlOps.Steps.Run;

namespace MlOps.Steps.Lineage;

/// <summary>
/// The runs that executions belong to. The store tells which executions a context has, and not the other way round: so an
/// execution's own word is taken, or else a part of its outputs' URIs that names a run which has it (Vertex AI's are
/// <c>gs://ROOT/PROJECT_NUMBER/JOB/TASK_ID/OUTPUT</c>). What the store does not tell of a run, its job does.
/// </summary>
internal sealed partial class RunLookup(VertexMetadata metadata, VertexPipelines pipelines)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<FoundRun?>>> _runs = new(StringComparer.Ordinal);

    /// <summary>A run by its job's id; null where there is none.</summary>
    public Task<FoundRun?> FindAsync(string id, CancellationToken cancel) => _runs.GetOrAdd(id, key => new(() => LoadAsync(key, cancel))).Value;

    public async Task<FoundRun?> OfAsync(Execution execution, IEnumerable<Artifact> outputs, CancellationToken cancel)
    {
        if (Recorded.JobId(execution) is { } job)
        {
            return await FindAsync(job, cancel);
        }

        foreach (var part in outputs.SelectMany(output => output.Uri.Split('/')).Where(IsJobId).Distinct(StringComparer.Ordinal))
        {
            if (await FindAsync(part, cancel) is { } run && await metadata.IsInContextAsync(execution.Name, run.Context, cancel))
            {
                return run;
            }
        }

        return null;
    }

    public static bool IsJobId(string text) => JobIdGrammar().IsMatch(text);

    private async Task<FoundRun?> LoadAsync(string id, CancellationToken cancel)
    {
        if (await metadata.ContextAsync($"{metadata.Store}/contexts/{id}", cancel) is not { SchemaTitle: "system.PipelineRun" } context)
        {
            return null;
        }

        var pipeline = context.ParentContexts.Count > 0 ? await metadata.ContextAsync(context.ParentContexts[0], cancel) : null;
        var run = Recorded.Run(context, pipeline);
        if (run.Job is not null)
        {
            return new FoundRun(context.Name, run, null);
        }

        var job = await pipelines.GetAsync(pipelines.JobName(id), cancel);
        return job is null ? new FoundRun(context.Name, run, null) : new FoundRun(context.Name, JobFacts.Added(run, job), new TaskPlaces(job));
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{3,127}$")]
    private static partial Regex JobIdGrammar();
}

/// <summary>A run that was found.</summary>
/// <param name="Context">Its context's resource name.</param>
/// <param name="Tasks">Its job's, where the store alone did not tell enough.</param>
internal sealed record FoundRun(string Context, LineageRun Run, TaskPlaces? Tasks);
