using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Vertex.Pipelines.Executing;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Values;
using Status = Google.Rpc.Status;
using StructValue = Google.Protobuf.WellKnownTypes.Value;
using TaskState = Google.Cloud.AIPlatform.V1.PipelineTaskDetail.Types.State;

namespace MlOps.LocalCloud.Vertex.Pipelines.Serving;

/// <summary>
/// A task as the API tells it. Artifacts are <c>inputs</c> and <c>outputs</c>; parameters stand in the execution's
/// metadata as <c>input:NAME</c> and <c>output:NAME</c>; the loop's own are not repeated at each of its iterations. Each attempt is a job of the executor's detail: the failed ones,
/// oldest first, then the last.
/// </summary>
internal static class TaskDescription
{
    /// <summary>The schema title of tasks whose outputs are artifacts of other tasks.</summary>
    public const string ResolverExecution = "system.ResolverExecution";

    /// <param name="store"><c>projects/P/locations/L/metadataStores/default</c>.</param>
    public static PipelineTaskDetail Of(TaskNode node, RunFacts facts, string store)
    {
        var detail = new PipelineTaskDetail
        {
            TaskId = node.Id,
            ParentTaskId = node.Parent?.Id ?? 0,
            TaskName = node.Name,
            TaskUniqueName = node.UniqueName,
            State = node.State,
            CreateTime = node.CreateTime.ToTimestamp(),
            StartTime = node.StartTime?.ToTimestamp(),
            EndTime = node.EndTime?.ToTimestamp(),
            Error = StatusOf(node.Error),
            Execution = Execution(node, facts, store),
            ExecutorDetail = ExecutorDetail(node, facts, store),
        };
        detail.PipelineTaskStatus.AddRange(node.History.Select(moment => new PipelineTaskDetail.Types.PipelineTaskStatus
        {
            UpdateTime = moment.Time.ToTimestamp(),
            State = moment.State,
            Error = StatusOf(moment.Error),
        }));
        Fill(detail.Inputs, node.OwnInputs.Artifacts, store, node.CreateTime);
        Fill(detail.Outputs, node.Outputs.Artifacts, store, node.EndTime ?? node.CreateTime);
        return detail;
    }

    private static Status? StatusOf(TaskError? error) => error is null ? null : new Status { Code = error.Code, Message = error.Message };

    private static void Fill(
        IDictionary<string, PipelineTaskDetail.Types.ArtifactList> to, ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> artifacts, string store, DateTimeOffset time)
    {
        foreach (var (name, list) in artifacts)
        {
            to[name] = new PipelineTaskDetail.Types.ArtifactList { Artifacts = { list.Select(artifact => Described(artifact, store, time)) } };
        }
    }

    /// <summary>An artifact as the API tells it.</summary>
    public static Artifact Described(RuntimeArtifact artifact, string store, DateTimeOffset time) => new()
    {
        Name = $"{store}/artifacts/{artifact.Id}",
        DisplayName = artifact.Name,
        Uri = artifact.Uri,
        SchemaTitle = artifact.Type.SchemaTitle,
        SchemaVersion = artifact.Type.SchemaVersion,
        Metadata = Struct.Parser.ParseJson(Json.Text(artifact.Metadata)),
        State = Artifact.Types.State.Live,
        CreateTime = time.ToTimestamp(),
        UpdateTime = time.ToTimestamp(),
    };

    private static Execution? Execution(TaskNode node, RunFacts facts, string store)
    {
        if (node.State == TaskState.NotTriggered || (node.IsLeaf && node.Attempt == 0))
        {
            return null;
        }

        var execution = new Execution
        {
            Name = $"{store}/executions/{ArtifactIds.Execution(facts, node.Id)}",
            DisplayName = node.Name,
            SchemaTitle = SchemaTitle(node),
            SchemaVersion = "0.0.1",
            State = StateOf(node.State),
            CreateTime = node.CreateTime.ToTimestamp(),
            UpdateTime = (node.EndTime ?? node.StartTime ?? node.CreateTime).ToTimestamp(),
            Metadata = new Struct(),
        };
        Put(execution.Metadata, "input:", node.OwnInputs.Parameters);
        Put(execution.Metadata, "output:", node.Outputs.Parameters);
        Bind(execution.Metadata, node, store);
        Tell(execution.Metadata, node, facts, store);
        return execution;
    }

    /// <summary>Which artifact is which input or output, as Vertex AI's pipelines record it.</summary>
    private static void Bind(Struct to, TaskNode node, string store)
    {
        var bound = new Struct();
        foreach (var (prefix, artifacts) in new[] { ("input:", node.OwnInputs.Artifacts), ("output:", node.Outputs.Artifacts) })
        {
            foreach (var (name, list) in artifacts)
            {
                bound.Fields[prefix + name] = Texts(list.Select(artifact => $"{store}/artifacts/{artifact.Id}"));
            }
        }

        if (bound.Fields.Count > 0)
        {
            to.Fields["vertex-ai-pipelines-artifact-argument-binding"] = StructValue.ForStruct(bound);
        }
    }

    /// <summary>What ran: the task, its job and its image; of a result from the cache, the execution that gave it.</summary>
    private static void Tell(Struct to, TaskNode node, RunFacts facts, string store)
    {
        to.Fields["pipeline_job"] = StructValue.ForString(facts.JobName);
        to.Fields["task_name"] = StructValue.ForString(node.UniqueName);
        if (node.CachedExecution is { } cached)
        {
            to.Fields["cached_execution"] = StructValue.ForString($"{store}/executions/{cached}");
        }

        if (node.Use is not { } use)
        {
            return;
        }

        to.Fields["image"] = StructValue.ForString(use.Image);
        foreach (var (key, text) in new[] { ("image_digest", use.Digest), ("image_id", use.Id) })
        {
            if (text is not null)
            {
                to.Fields[key] = StructValue.ForString(text);
            }
        }
    }

    private static StructValue Texts(IEnumerable<string> texts) => StructValue.ForList([.. texts.Select(StructValue.ForString)]);

    private static void Put(Struct to, string prefix, ImmutableSortedDictionary<string, JsonElement> parameters)
    {
        foreach (var (name, value) in parameters)
        {
            to.Fields[prefix + name] = StructValue.Parser.ParseJson(Json.Text(value));
        }
    }

    private static string SchemaTitle(TaskNode node) => node switch
    {
        { Parent: null } => "system.Run",
        { Kind: NodeKind.Graph or NodeKind.Loop } => "system.DagExecution",
        { Kind: NodeKind.Importer } => "system.ImporterExecution",
        { Kind: NodeKind.Resolver } => ResolverExecution,
        _ => "system.ContainerExecution",
    };

    private static Execution.Types.State StateOf(TaskState state) => state switch
    {
        TaskState.Pending => global::Google.Cloud.AIPlatform.V1.Execution.Types.State.New,
        TaskState.Succeeded => global::Google.Cloud.AIPlatform.V1.Execution.Types.State.Complete,
        TaskState.Skipped => global::Google.Cloud.AIPlatform.V1.Execution.Types.State.Cached,
        TaskState.Failed => global::Google.Cloud.AIPlatform.V1.Execution.Types.State.Failed,
        TaskState.Cancelled => global::Google.Cloud.AIPlatform.V1.Execution.Types.State.Cancelled,
        _ => global::Google.Cloud.AIPlatform.V1.Execution.Types.State.Running,
    };

    private static PipelineTaskExecutorDetail? ExecutorDetail(TaskNode node, RunFacts facts, string store)
    {
        if (node.Kind != NodeKind.Container || node.StartTime is null)
        {
            return null;
        }

        var parent = store[..store.IndexOf("/metadataStores/", StringComparison.Ordinal)];
        string Job(int attempt) => string.Create(CultureInfo.InvariantCulture, $"{parent}/customJobs/{facts.JobId}-{node.Id}-{attempt}");
        var container = new PipelineTaskExecutorDetail.Types.ContainerDetail { MainJob = Job(node.Attempt) };
        container.FailedMainJobs.AddRange(Enumerable.Range(1, node.Attempt - 1).Select(Job));
        return new PipelineTaskExecutorDetail { ContainerDetail = container };
    }
}
