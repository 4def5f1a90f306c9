using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Vertex.Metadata;

/// <summary>
/// The metadata stores as rows: nodes (contexts, artifacts, executions) by their full names, events between executions and
/// artifacts, which nodes a context has, and which contexts another one.
/// </summary>
internal static class MetadataRows
{
    /// <summary>Artifacts of clouds that kept nothing else move over.</summary>
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS metadata_nodes (name TEXT PRIMARY KEY, collection TEXT NOT NULL, message BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS metadata_nodes_of_collection ON metadata_nodes (collection);
        CREATE TABLE IF NOT EXISTS metadata_events (execution TEXT NOT NULL, artifact TEXT NOT NULL, message BLOB NOT NULL, PRIMARY KEY (execution, artifact)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS metadata_events_of_artifact ON metadata_events (artifact);
        CREATE TABLE IF NOT EXISTS metadata_members (context TEXT NOT NULL, member TEXT NOT NULL, PRIMARY KEY (context, member)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS metadata_members_of_member ON metadata_members (member);
        CREATE TABLE IF NOT EXISTS metadata_children (parent TEXT NOT NULL, child TEXT NOT NULL, PRIMARY KEY (parent, child)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS metadata_children_of_child ON metadata_children (child);
        CREATE TABLE IF NOT EXISTS pipeline_artifacts (name TEXT PRIMARY KEY, message BLOB NOT NULL) WITHOUT ROWID;
        INSERT OR IGNORE INTO metadata_nodes (name, collection, message)
            SELECT name, substr(name, 1, instr(name, '/artifacts/') + 9), message FROM pipeline_artifacts;
        DROP TABLE pipeline_artifacts;
        """;

    public static byte[]? Node(this SqliteConnection connection, string name) =>
        connection.First("SELECT message FROM metadata_nodes WHERE name = $name", Bytes, ("$name", name));

    /// <param name="collection"><c>STORE/artifacts</c>, <c>STORE/executions</c> or <c>STORE/contexts</c>.</param>
    public static List<byte[]> Nodes(this SqliteConnection connection, string collection) =>
        connection.Query("SELECT message FROM metadata_nodes WHERE collection = $collection", Bytes, ("$collection", collection));

    /// <returns>False where the name is taken, which stays as it is.</returns>
    public static bool AddNode(this SqliteConnection connection, string name, IMessage message) =>
        connection.Execute("INSERT OR IGNORE INTO metadata_nodes (name, collection, message) VALUES ($name, $collection, $message)", ("$name", name), ("$collection", Collection(name)), ("$message", message.ToByteArray())) == 1;

    public static void PutNode(this SqliteConnection connection, string name, IMessage message) =>
        connection.Execute("INSERT OR REPLACE INTO metadata_nodes (name, collection, message) VALUES ($name, $collection, $message)", ("$name", name), ("$collection", Collection(name)), ("$message", message.ToByteArray()));

    /// <summary>With its events and what it belongs to.</summary>
    public static void DeleteNode(this SqliteConnection connection, string name)
    {
        connection.Execute("DELETE FROM metadata_nodes WHERE name = $name", ("$name", name));
        connection.Execute("DELETE FROM metadata_events WHERE execution = $name OR artifact = $name", ("$name", name));
        connection.Execute("DELETE FROM metadata_members WHERE context = $name OR member = $name", ("$name", name));
        connection.Execute("DELETE FROM metadata_children WHERE parent = $name OR child = $name", ("$name", name));
    }

    /// <summary>An event between the same two that is there already stays (metadata_service.proto, AddExecutionEvents).</summary>
    public static void AddEvent(this SqliteConnection connection, Event happened) => connection.Execute(
        "INSERT OR IGNORE INTO metadata_events (execution, artifact, message) VALUES ($execution, $artifact, $message)",
        ("$execution", happened.Execution),
        ("$artifact", happened.Artifact),
        ("$message", happened.ToByteArray()));

    /// <summary>All that an artifact or an execution takes part in.</summary>
    public static List<Event> EventsOf(this SqliteConnection connection, string node) => connection.Query(
        "SELECT message FROM metadata_events WHERE execution = $name UNION ALL SELECT message FROM metadata_events WHERE artifact = $name",
        row => Event.Parser.ParseFrom(Bytes(row)),
        ("$name", node));

    public static void AddMember(this SqliteConnection connection, string context, string member) =>
        connection.Execute("INSERT OR IGNORE INTO metadata_members (context, member) VALUES ($context, $member)", ("$context", context), ("$member", member));

    public static List<string> Members(this SqliteConnection connection, string context) =>
        connection.Query("SELECT member FROM metadata_members WHERE context = $context ORDER BY member", row => row.GetString(0), ("$context", context));

    public static void AddChild(this SqliteConnection connection, string parent, string child) =>
        connection.Execute("INSERT OR IGNORE INTO metadata_children (parent, child) VALUES ($parent, $child)", ("$parent", parent), ("$child", child));

    public static void RemoveChild(this SqliteConnection connection, string parent, string child) =>
        connection.Execute("DELETE FROM metadata_children WHERE parent = $parent AND child = $child", ("$parent", parent), ("$child", child));

    public static List<string> Parents(this SqliteConnection connection, string child) =>
        connection.Query("SELECT parent FROM metadata_children WHERE child = $child ORDER BY parent", row => row.GetString(0), ("$child", child));

    public static List<string> Children(this SqliteConnection connection, string parent) =>
        connection.Query("SELECT child FROM metadata_children WHERE parent = $parent ORDER BY child", row => row.GetString(0), ("$parent", parent));

    private static string Collection(string name) => name[..name.LastIndexOf('/')];

    private static byte[] Bytes(SqliteDataReader row) => row.GetFieldValue<byte[]>(0);
}
