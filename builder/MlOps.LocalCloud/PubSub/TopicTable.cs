using Google.Cloud.PubSub.V1;
using Google.Protobuf;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.PubSub;

/// <summary>Topics, and how many messages each has taken: the last message's id.</summary>
internal sealed class TopicTable(CloudDatabase database)
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS topics (name TEXT PRIMARY KEY, project TEXT NOT NULL, message BLOB NOT NULL, published INTEGER NOT NULL) WITHOUT ROWID;
        """;

    /// <returns>False where the name is taken.</returns>
    public bool Add(string project, Topic topic) => database.Write(connection => connection.Execute(
        "INSERT OR IGNORE INTO topics (name, project, message, published) VALUES ($name, $project, $message, 0)", ("$name", topic.Name), ("$project", project), ("$message", topic.ToByteArray()))) == 1;

    public Topic? Find(string name) => database.Read(connection => connection.First(
        "SELECT message FROM topics WHERE name = $name", row => Topic.Parser.ParseFrom(row.GetFieldValue<byte[]>(0)), ("$name", name)));

    public List<Topic> List(string project, int skip, int count) => database.Read(connection => connection.Query(
        "SELECT message FROM topics WHERE project = $project ORDER BY name LIMIT $count OFFSET $skip",
        row => Topic.Parser.ParseFrom(row.GetFieldValue<byte[]>(0)),
        ("$project", project),
        ("$count", count),
        ("$skip", skip)));

    public bool Delete(string name) => database.Write(connection => connection.Execute("DELETE FROM topics WHERE name = $name", ("$name", name))) == 1;

    /// <returns>The number of the first of the messages.</returns>
    public long Count(string name, int messages) => database.Write(connection =>
    {
        connection.Execute("UPDATE topics SET published = published + $messages WHERE name = $name", ("$name", name), ("$messages", messages));
        return connection.Query("SELECT published FROM topics WHERE name = $name", row => row.GetInt64(0), ("$name", name))[0] - messages + 1;
    });
}
