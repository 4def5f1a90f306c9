using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Operations;

/// <summary>The long-running operations of all services, found by name alone: <c>PARENT/operations/ID</c>.</summary>
internal sealed class OperationsTable(CloudDatabase database, TimeProvider time)
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS operations (
            name TEXT PRIMARY KEY, parent TEXT NOT NULL, created INTEGER NOT NULL, message BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS operations_of_parent ON operations (parent, created);
        """;

    /// <summary>Records an operation that is done at once.</summary>
    /// <param name="parent">Such as <c>projects/P/locations/L</c>.</param>
    /// <param name="metadata">The type that the method's <c>operation_info</c> names.</param>
    /// <param name="response">Likewise; <see cref="Empty"/> for deletions.</param>
    public Operation Done(string parent, IMessage metadata, IMessage response)
    {
        var operation = new Operation
        {
            Name = $"{parent}/operations/{Guid.CreateVersion7(time.GetUtcNow())}",
            Done = true,
            Metadata = Any.Pack(metadata),
            Response = Any.Pack(response),
        };
        Put(operation);
        return operation;
    }

    /// <summary>Adds an operation, or replaces the one of its name.</summary>
    public void Put(Operation operation) => database.Write(connection => connection.Execute(
        """
        INSERT INTO operations (name, parent, created, message) VALUES ($name, $parent, $created, $message)
        ON CONFLICT (name) DO UPDATE SET message = excluded.message
        """,
        ("$name", operation.Name),
        ("$parent", Parent(operation.Name)),
        ("$created", time.GetUtcNow().ToUnixTimeMilliseconds()),
        ("$message", operation.ToByteArray())));

    public Operation? Find(string name) => database.Read(connection =>
        connection.First("SELECT message FROM operations WHERE name = $name", Message, ("$name", name)));

    /// <summary>Newest first; from <paramref name="skip"/> on, at most <paramref name="count"/>.</summary>
    public List<Operation> List(string parent, int skip, int count) => database.Read(connection => connection.Query(
        "SELECT message FROM operations WHERE parent = $parent ORDER BY created DESC, name DESC LIMIT $count OFFSET $skip",
        Message,
        ("$parent", parent),
        ("$skip", skip),
        ("$count", count)));

    /// <returns>False where there is none.</returns>
    public bool Delete(string name) => database.Write(connection => connection.Execute("DELETE FROM operations WHERE name = $name", ("$name", name))) > 0;

    private static Operation Message(Microsoft.Data.Sqlite.SqliteDataReader row) => Operation.Parser.ParseFrom(row.GetFieldValue<byte[]>(0));

    private static string Parent(string name)
    {
        var end = name.LastIndexOf("/operations/", StringComparison.Ordinal);
        return end < 0 ? throw new ArgumentException($"'{name}' is not an operation's name: expected PARENT/operations/ID.", nameof(name)) : name[..end];
    }
}
