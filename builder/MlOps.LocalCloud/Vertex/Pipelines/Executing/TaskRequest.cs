using System.Collections.Immutable;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>One attempt at a task, with everything that is known before it starts.</summary>
/// <param name="Parent"><c>projects/P/locations/L</c>.</param>
internal sealed record TaskRequest(
    RunFacts Run, string Parent, TaskFacts Task, string UniqueName, Component Component, string ComponentName, Executor Executor, TaskInputs Inputs, CachingOptions Caching, int Attempt)
{
    public static TaskRequest Of(RunFacts run, TaskNode node, int attempt) => new(
        run, run.JobName[..run.JobName.IndexOf("/pipelineJobs/", StringComparison.Ordinal)], node.Facts, node.UniqueName, node.Component, node.Task!.ComponentName, node.Executor!, node.Inputs, node.Task.Caching, attempt);

    /// <summary>Where its outputs go: <c>gs://BUCKET/…/JOB/NAME_ID</c>.</summary>
    public string OutputUri => $"{Run.Folder}/{SafeName}_{Task.Id}";

    /// <summary>A short name that is fit for files.</summary>
    public string SafeName => string.Concat(Task.Name.Take(60).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-'));

    /// <summary>What the container is told. Artifacts are provisioned with the metadata that their definitions give.</summary>
    public ExecutorInput ExecutorInput()
    {
        var folder = LocalPath.Of(OutputUri);
        var declared = Component.InputParameters;
        return new ExecutorInput(
            Inputs.Parameters.Where(pair => declared.ContainsKey(pair.Key)).ToImmutableSortedDictionary(StringComparer.Ordinal),
            Inputs.Artifacts,
            Component.OutputParameters.Keys.ToImmutableSortedDictionary(key => key, key => $"{folder}/{key}", StringComparer.Ordinal),
            Component.OutputArtifacts.ToImmutableSortedDictionary(
                pair => pair.Key, pair => ImmutableArray.Create(new RuntimeArtifact(pair.Key, pair.Value.Type, $"{OutputUri}/{pair.Key}", pair.Value.Metadata, Id: ArtifactIds.Of(this, pair.Key, index: 0))), StringComparer.Ordinal),
            $"{folder}/{OutputFileName}")
        {
            Store = Run.IsTfx ? $"{Parent}/metadataStores/default" : null,
            Types = Run.IsTyped ? declared.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Type, StringComparer.Ordinal) : null,
        };
    }

    public const string OutputFileName = "executor_output.json";
}
