using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Data.Sqlite;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Vertex.Metadata;

/// <summary>Writes runs into the metadata store as they go on.</summary>
internal sealed class RunRecorder(CloudDatabase database)
{
    /// <summary>Records what is new; what is there already stays, and executions get their present state.</summary>
    public void Record(RunRecord record) => database.Write(connection =>
    {
        Contexts(connection, record);
        foreach (var task in record.Tasks)
        {
            connection.PutNode(task.Execution.Name, task.Execution);
            Join(connection, record, task.Execution.Name);
            foreach (var artifact in task.Outputs)
            {
                connection.AddNode(artifact.Name, artifact);
                Join(connection, record, artifact.Name);
            }

            foreach (var happened in task.Events)
            {
                connection.AddEvent(happened);
            }
        }

        return record.Tasks.Length;
    });

    /// <summary>An artifact by its full name, for a job that is given it.</summary>
    public Artifact? Artifact(string name) => database.Read(connection => connection.Node(name)) is { } stored ? global::Google.Cloud.AIPlatform.V1.Artifact.Parser.ParseFrom(stored) : null;

    /// <summary>The oldest artifact of a location that is live and is the same in place, type and metadata; null where there is none.</summary>
    public Artifact? Same(string location, Artifact wanted) => database
        .Read(connection => connection.Nodes($"{MetadataNames.StoreOf(location)}/{MetadataNames.Artifacts}"))
        .ConvertAll(global::Google.Cloud.AIPlatform.V1.Artifact.Parser.ParseFrom)
        .Where(artifact => artifact.State == global::Google.Cloud.AIPlatform.V1.Artifact.Types.State.Live
            && (artifact.Uri, artifact.SchemaTitle, artifact.SchemaVersion) == (wanted.Uri, wanted.SchemaTitle, wanted.SchemaVersion)
            && (artifact.Metadata ?? new Struct()).Equals(wanted.Metadata ?? new Struct()))
        .MinBy(artifact => artifact.CreateTime?.ToDateTimeOffset());

    private static void Contexts(SqliteConnection connection, RunRecord record)
    {
        connection.AddNode(record.Pipeline.Name, record.Pipeline);

        // Parents are rows, not part of the message. A job of another that was deleted takes over its id and so its context.
        var run = record.Run.Clone();
        run.ParentContexts.Clear();
        if (connection.Node(run.Name) is not { } stored || !Context.Parser.ParseFrom(stored).CreateTime.Equals(run.CreateTime))
        {
            connection.PutNode(run.Name, run);
        }

        connection.AddChild(record.Pipeline.Name, run.Name);
    }

    private static void Join(SqliteConnection connection, RunRecord record, string member)
    {
        connection.AddMember(record.Pipeline.Name, member);
        connection.AddMember(record.Run.Name, member);
    }
}
