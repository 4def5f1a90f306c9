using System.Text.Json;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

namespace MlOps.LocalCloud.Vertex.Pipelines.Tables;

/// <summary>
/// Pipeline jobs: the message as it was created or, once it has ended, as it ended; and the events of those that run,
/// from which a restart rebuilds them.
/// </summary>
internal sealed class JobTable(CloudDatabase database)
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS pipeline_jobs (
            name TEXT PRIMARY KEY, parent TEXT NOT NULL, created INTEGER NOT NULL, ended INTEGER NOT NULL, message BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS pipeline_jobs_of_parent ON pipeline_jobs (parent, created);
        CREATE TABLE IF NOT EXISTS pipeline_events (job TEXT NOT NULL, number INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (job, number)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS pipeline_cache (fingerprint TEXT PRIMARY KEY, result TEXT NOT NULL) WITHOUT ROWID;
        """;

    /// <returns>False where a job of that name exists.</returns>
    public bool Add(PipelineJob job) => database.Write(connection => connection.Execute(
        "INSERT OR IGNORE INTO pipeline_jobs (name, parent, created, ended, message) VALUES ($name, $parent, $created, 0, $message)",
        ("$name", job.Name),
        ("$parent", job.Name[..job.Name.IndexOf("/pipelineJobs/", StringComparison.Ordinal)]),
        ("$created", job.CreateTime.ToDateTimeOffset().ToUnixTimeMilliseconds()),
        ("$message", job.ToByteArray()))) == 1;

    public void Append(string job, int number, RunEvent happened)
    {
        var text = JsonSerializer.Serialize(happened, RunJson.Default.RunEvent);
        database.Write(connection => connection.Execute(
            "INSERT INTO pipeline_events (job, number, event) VALUES ($job, $number, $event)", ("$job", job), ("$number", number), ("$event", text)));
    }

    /// <summary>The job has ended: its last form takes the place of its events.</summary>
    public void End(PipelineJob job) => database.Write(connection =>
    {
        connection.Execute("UPDATE pipeline_jobs SET ended = 1, message = $message WHERE name = $name", ("$name", job.Name), ("$message", job.ToByteArray()));
        return connection.Execute("DELETE FROM pipeline_events WHERE job = $name", ("$name", job.Name));
    });

    public PipelineJob? Find(string name) => database.Read(connection =>
        connection.First("SELECT message FROM pipeline_jobs WHERE name = $name", Message, ("$name", name)));

    /// <summary>Newest first.</summary>
    public List<PipelineJob> List(string parent) => database.Read(connection =>
        connection.Query("SELECT message FROM pipeline_jobs WHERE parent = $parent ORDER BY created DESC, name DESC", Message, ("$parent", parent)));

    /// <summary>The jobs that have not ended, oldest first, with what happened in them.</summary>
    public List<(PipelineJob Job, List<RunEvent> Events)> Unfinished() => database.Read(connection =>
        connection.Query("SELECT message FROM pipeline_jobs WHERE ended = 0 ORDER BY created, name", Message).ConvertAll(job => (job, Events(connection, job.Name))));

    /// <returns>False where there is none.</returns>
    public bool Delete(string name) => database.Write(connection =>
    {
        connection.Execute("DELETE FROM pipeline_events WHERE job = $name", ("$name", name));
        return connection.Execute("DELETE FROM pipeline_jobs WHERE name = $name", ("$name", name));
    }) == 1;

    private static List<RunEvent> Events(SqliteConnection connection, string job) => connection.Query(
        "SELECT event FROM pipeline_events WHERE job = $job ORDER BY number", row => JsonSerializer.Deserialize(row.GetString(0), RunJson.Default.RunEvent)!, ("$job", job));

    private static PipelineJob Message(SqliteDataReader row) => PipelineJob.Parser.ParseFrom(row.GetFieldValue<byte[]>(0));
}
