using System.Collections.Immutable;
using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Serving;
using Value = Google.Protobuf.WellKnownTypes.Value;
using EventType = Google.Cloud.AIPlatform.V1.Event.Types.Type;

namespace MlOps.LocalCloud.Vertex.Metadata;

/// <summary>An execution as it is now, the artifacts that it gave, and its events.</summary>
internal sealed record TaskRecord(Execution Execution, ImmutableArray<Artifact> Outputs, ImmutableArray<Event> Events);

/// <summary>
/// What a run leaves in the metadata store, as pure data: every name follows from the job, so that recording it again, after
/// a restart too, gives the same rows.
/// </summary>
internal sealed record RunRecord(Context Pipeline, Context Run, ImmutableArray<TaskRecord> Tasks)
{
    /// <param name="nodes">
    /// The tasks to be recorded, in the order in which they ended: of tasks that gave the same artifact the first one counts, live and
    /// after a restart. Those that never began leave nothing.
    /// </param>
    public static RunRecord Of(PipelineJob job, RunFacts facts, PipelineRun run, IEnumerable<TaskNode> nodes)
    {
        var store = JobDescription.StoreOf(job);
        return new RunRecord(
            RunContexts.Pipeline(facts, run.Root.Name, store),
            RunContexts.Run(job, facts, run.Root.Name, store),
            [
                // In the order in which they ended: of two that give the same artifact the first one dates it, in a replay too.
                .. nodes.OrderBy(node => node.EndTime ?? DateTimeOffset.MaxValue)
                    .Select(node => (Node: node, Detail: TaskDescription.Of(node, facts, store)))
                    .Where(task => task.Detail.Execution is not null)
                    .Select(task => Task(task.Node, task.Detail)),
            ]);
    }

    private static TaskRecord Task(TaskNode node, PipelineTaskDetail detail)
    {
        Tell(detail.Execution, node.Use);
        var outputs = detail.Outputs.Values.SelectMany(list => list.Artifacts).DistinctBy(artifact => artifact.Name).ToImmutableArray();

        // A resolver finds what others have made.
        if (detail.Execution.SchemaTitle == TaskDescription.ResolverExecution)
        {
            return new TaskRecord(detail.Execution, [], [.. Events(detail, detail.Inputs, EventType.Input, node.CreateTime)]);
        }

        // What goes in and out of a group of tasks goes in and out of its tasks; events of the group would say it twice.
        return node.IsLeaf
            ? new TaskRecord(detail.Execution, outputs, [.. Events(detail, detail.Inputs, EventType.Input, node.CreateTime), .. Events(detail, detail.Outputs, EventType.Output, node.EndTime ?? node.CreateTime)])
            : new TaskRecord(detail.Execution, [], []);
    }

    // A component's whole source may be its command: that is told here, and not to everybody who waits for a job's end.
    private static void Tell(Execution execution, ContainerUse? use)
    {
        if (use is not null)
        {
            execution.Metadata.Fields["command"] = Value.ForList([.. use.Command.Select(Value.ForString)]);
            execution.Metadata.Fields["args"] = Value.ForList([.. use.Args.Select(Value.ForString)]);
        }
    }

    private static IEnumerable<Event> Events(PipelineTaskDetail detail, IEnumerable<KeyValuePair<string, PipelineTaskDetail.Types.ArtifactList>> artifacts, EventType type, DateTimeOffset time) =>
        artifacts.SelectMany(pair => pair.Value.Artifacts).Select(artifact => new Event
        {
            Artifact = artifact.Name,
            Execution = detail.Execution.Name,
            Type = type,
            EventTime = global::Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(time),
        });
}
