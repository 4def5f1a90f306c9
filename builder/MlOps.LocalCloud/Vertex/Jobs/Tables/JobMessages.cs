using Google.Protobuf;
using Microsoft.Data.Sqlite;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Vertex.Jobs.Tables;

/// <summary>Jobs of all kinds as the API tells them. The message is the whole state: what runs goes on from it after a restart.</summary>
internal sealed class JobMessages(CloudDatabase database)
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS vertex_jobs (
            name TEXT PRIMARY KEY, parent TEXT NOT NULL, kind TEXT NOT NULL, created INTEGER NOT NULL, ended INTEGER NOT NULL, message BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS vertex_jobs_of_parent ON vertex_jobs (parent, kind, created);
        """;

    /// <returns>False where a job of that name exists.</returns>
    public bool Add(IMessage job) => database.Write(connection => connection.Execute(
        "INSERT OR IGNORE INTO vertex_jobs (name, parent, kind, created, ended, message) VALUES ($name, $parent, $kind, $created, 0, $message)",
        ("$name", job.Name()),
        ("$parent", JobKinds.Parent(job.Name())),
        ("$kind", JobKinds.Collection(job.Name())),
        ("$created", job.Time("create_time")!.ToDateTimeOffset().ToUnixTimeMilliseconds()),
        ("$message", job.ToByteArray()))) == 1;

    /// <summary>The job as it has become.</summary>
    public void Put(IMessage job) => database.Write(connection => connection.Execute(
        "UPDATE vertex_jobs SET ended = $ended, message = $message WHERE name = $name",
        ("$name", job.Name()),
        ("$ended", JobStates.IsFinal(job.State()) ? 1 : 0),
        ("$message", job.ToByteArray())));

    public IMessage? Find(string name) => database.Read(connection =>
        connection.First("SELECT kind, message FROM vertex_jobs WHERE name = $name", Message, ("$name", name)));

    /// <summary>Newest first.</summary>
    public List<IMessage> List(string parent, string kind) => database.Read(connection => connection.Query(
        "SELECT kind, message FROM vertex_jobs WHERE parent = $parent AND kind = $kind ORDER BY created DESC, name DESC", Message, ("$parent", parent), ("$kind", kind)));

    /// <summary>Oldest first.</summary>
    public List<IMessage> Unfinished() => database.Read(connection =>
        connection.Query("SELECT kind, message FROM vertex_jobs WHERE ended = 0 ORDER BY created, name", Message));

    public void Delete(string name) => database.Write(connection => connection.Execute("DELETE FROM vertex_jobs WHERE name = $name", ("$name", name)));

    private static IMessage Message(SqliteDataReader row) => JobKinds.Parse(row.GetString(0), row.GetFieldValue<byte[]>(1));
}
