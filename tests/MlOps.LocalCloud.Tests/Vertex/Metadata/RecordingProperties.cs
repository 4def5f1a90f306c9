using System.Collections.Immutable;
using CsCheck;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Tests.Vertex.Pipelines;
using MlOps.LocalCloud.Tests.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Metadata;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;
using MlOps.Testing;

namespace MlOps.LocalCloud.Tests.Vertex.Metadata;

public sealed class RecordingProperties
{
    private const string Data = "\"artifacts\": {\"data\": {\"artifactType\": {\"schemaTitle\": \"system.Dataset\", \"schemaVersion\": \"0.0.1\"}}}";

    /// <summary>For each task the one before it that it reads (itself: none), how its first attempt ends; and after how many events the cloud is killed.</summary>
    private static readonly Gen<(int[] Reads, int[] Ends, int Killed)> AnyRun = Gen.Int[1, 6].SelectMany(count =>
        Gen.Select(Gen.Int[0, 5].Array[count], Gen.Int[0, 3].Array[count], Gen.Int[0, 4 * count]));

    [Fact]
    public void A_run_leaves_the_same_rows_however_often_it_is_recorded_and_wherever_it_is_killed() => AnyRun.Sample(
        run =>
        {
            var spec = Ir.Read(Pipeline(run.Reads));
            var simulation = new Simulation(spec, (task, attempt) => End(task, attempt, run.Ends)).ToTheEnd();
            using var folder = new TemporaryFolder();
            using var database = new CloudDatabase(folder.Path, MetadataRows.Schema);
            var recorder = new RunRecorder(database);

            Live(spec, simulation.Events, 0, recorder);
            var once = Rows(database);
            Live(spec, simulation.Events, Math.Min(run.Killed, simulation.Events.Count), recorder);
            var twice = Rows(database);

            using var fresh = new TemporaryFolder();
            using var other = new CloudDatabase(fresh.Path, MetadataRows.Schema);
            Live(spec, simulation.Events, Math.Min(run.Killed, simulation.Events.Count), new RunRecorder(other));
            Assert.Equal(once, twice);
            Assert.Equal(once, Rows(other));
        },
        iter: 60);

    /// <summary>Replays what happened before a kill and records it whole, then goes on event by event.</summary>
    private static void Live(PipelineSpec spec, List<RunEvent> events, int killed, RunRecorder recorder)
    {
        var job = new PipelineJob { Name = Ir.Facts.JobName, CreateTime = Ir.Time.ToTimestamp(), Labels = { ["mlops-commit"] = "c" } };
        var run = new PipelineRun(spec, Ir.Facts, TaskInputs.Empty);
        foreach (var happened in events.Take(killed))
        {
            run.Apply(happened);
        }

        recorder.Record(RunRecord.Of(job, Ir.Facts, run, run.Nodes));
        foreach (var happened in events.Skip(killed))
        {
            run.Apply(happened);
            recorder.Record(RunRecord.Of(job, Ir.Facts, run, run.Moved));
        }
    }

    private static Outcome End(TaskNode task, int attempt, int[] ends) => ends[int.Parse(task.Name[1..], System.Globalization.CultureInfo.InvariantCulture)] switch
    {
        0 => Outcome.Failed(9, "it broke"),
        1 when attempt == 1 => Outcome.Failed(9, "it broke", retryable: true),
        2 => Gives("shared") with { Kind = OutcomeKind.Cached, Execution = "earlier" },
        _ => Gives(task.Name),
    };

    private static Outcome Gives(string id) => Outcome.Succeeded(TaskOutputs.Empty with
    {
        Artifacts = ImmutableSortedDictionary.Create<string, ImmutableArray<RuntimeArtifact>>(StringComparer.Ordinal)
            .Add("data", [new RuntimeArtifact("data", new ArtifactType("system.Dataset", "0.0.1"), $"gs://b/{id}", Json.EmptyMap, Id: id)]),
    });

    private static System.Text.Json.Nodes.JsonObject Pipeline(int[] reads) => Ir.Pipeline(
        Ir.Component("first", $"\"outputDefinitions\": {{ {Data} }}") + ", " + Ir.Component("next", $"\"inputDefinitions\": {{ {Data} }}, \"outputDefinitions\": {{ {Data} }}"),
        Ir.Shell("first", "") + ", " + Ir.Shell("next", ""),
        Ir.Root(reads.Select((read, at) => at == 0 || read % (at + 1) == at
            ? Ir.Task($"t{at}", "\"retryPolicy\": {\"maxRetryCount\": 1}", "first")
            : Ir.Task($"t{at}", $"\"dependentTasks\": [\"t{read % (at + 1)}\"], \"inputs\": {{\"artifacts\": {{\"data\": {{\"taskOutputArtifact\": {{\"producerTask\": \"t{read % (at + 1)}\", \"outputArtifactKey\": \"data\"}}}}}}}}, \"retryPolicy\": {{\"maxRetryCount\": 1}}", "next"))));

    private static List<string> Rows(CloudDatabase database) => database.Read(connection => (List<string>)
    [
        .. connection.Query("SELECT name, hex(message) FROM metadata_nodes ORDER BY 1", row => $"{row.GetString(0)} {row.GetString(1)}"),
        .. connection.Query("SELECT execution, artifact, hex(message) FROM metadata_events ORDER BY 1, 2", row => $"{row.GetString(0)} {row.GetString(1)} {row.GetString(2)}"),
        .. connection.Query("SELECT context, member FROM metadata_members ORDER BY 1, 2", row => $"{row.GetString(0)} {row.GetString(1)}"),
        .. connection.Query("SELECT parent, child FROM metadata_children ORDER BY 1, 2", row => $"{row.GetString(0)} {row.GetString(1)}"),
    ]);
}
