using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.CloudBuild.Tables;

/// <summary>Triggers of all projects and locations, found by id and by name.</summary>
internal sealed class TriggerTable(CloudDatabase database)
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS triggers (
            number INTEGER PRIMARY KEY AUTOINCREMENT, parent TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, message BLOB NOT NULL,
            UNIQUE (parent, id), UNIQUE (parent, name));
        """;

    /// <returns>False where the name is taken.</returns>
    public bool Add(string parent, BuildTrigger trigger) => database.Write(connection => connection.Execute(
        "INSERT OR IGNORE INTO triggers (parent, id, name, message) VALUES ($parent, $id, $name, $message)",
        ("$parent", parent),
        ("$id", trigger.Id),
        ("$name", trigger.Name),
        ("$message", trigger.ToByteArray()))) == 1;

    /// <returns>False where the name is another's.</returns>
    public bool Put(string parent, BuildTrigger trigger) => database.Write(connection => connection.Execute(
        "UPDATE OR IGNORE triggers SET name = $name, message = $message WHERE parent = $parent AND id = $id",
        ("$parent", parent),
        ("$id", trigger.Id),
        ("$name", trigger.Name),
        ("$message", trigger.ToByteArray()))) == 1;

    public BuildTrigger? Find(string parent, string idOrName) => database.Read(connection => connection.First(
        "SELECT message FROM triggers WHERE parent = $parent AND (id = $key OR name = $key) ORDER BY id = $key DESC", Message, ("$parent", parent), ("$key", idOrName)));

    /// <summary>Newest first.</summary>
    public List<BuildTrigger> List(string parent, int skip, int count) => database.Read(connection => connection.Query(
        "SELECT message FROM triggers WHERE parent = $parent ORDER BY number DESC LIMIT $count OFFSET $skip", Message, ("$parent", parent), ("$count", count), ("$skip", skip)));

    /// <summary>Of every project and location, in the order of their making.</summary>
    public List<StoredTrigger> All() => database.Read(connection => connection.Query(
        "SELECT parent, message FROM triggers ORDER BY parent, number", row => new StoredTrigger(row.GetString(0), BuildTrigger.Parser.ParseFrom(row.GetFieldValue<byte[]>(1)))));

    public void Delete(string parent, string id) => database.Write(connection => connection.Execute("DELETE FROM triggers WHERE parent = $parent AND id = $id", ("$parent", parent), ("$id", id)));

    private static BuildTrigger Message(SqliteDataReader row) => BuildTrigger.Parser.ParseFrom(row.GetFieldValue<byte[]>(0));
}

/// <param name="Parent"><c>projects/P/locations/L</c></param>
internal sealed record StoredTrigger(string Parent, BuildTrigger Trigger)
{
    public string Project => Parent.Split('/')[1];
}
