using System.Text.Json;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.CloudBuild.Tables;

/// <summary>What a build was asked for with; a retry asks for the same again.</summary>
/// <param name="Build">As it was sent.</param>
/// <param name="BuiltIns">Built-in substitutions that the caller knew.</param>
internal sealed record BuildRequest(Build Build, IReadOnlyDictionary<string, string> BuiltIns);

/// <summary>Builds, each as it was last written down, with the request that it came from.</summary>
internal sealed class BuildTable(CloudDatabase database)
{
    /// <remarks><c>tidy</c> is 0 from the moment that containers may exist until they are known to be gone.</remarks>
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS builds (
            number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, parent TEXT NOT NULL, project TEXT NOT NULL, id TEXT NOT NULL,
            status INTEGER NOT NULL, tidy INTEGER NOT NULL, message BLOB NOT NULL, request BLOB NOT NULL, built_ins TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS builds_of_parent ON builds (parent, number);
        CREATE INDEX IF NOT EXISTS builds_by_id ON builds (project, id);
        CREATE INDEX IF NOT EXISTS builds_by_status ON builds (status);
        CREATE INDEX IF NOT EXISTS builds_untidy ON builds (tidy) WHERE tidy = 0;
        """;

    public void Add(Build build, BuildRequest request) => database.Write(connection => connection.Execute(
        """
        INSERT INTO builds (name, parent, project, id, status, tidy, message, request, built_ins)
        VALUES ($name, $parent, $project, $id, $status, 1, $message, $request, $builtIns)
        """,
        ("$name", build.Name),
        ("$parent", BuildName.Of(build.Name, "", "").Parent.ToString()),
        ("$project", build.ProjectId),
        ("$id", build.Id),
        ("$status", (int)build.Status),
        ("$message", build.ToByteArray()),
        ("$request", request.Build.ToByteArray()),
        ("$builtIns", JsonSerializer.Serialize(new Dictionary<string, string>(request.BuiltIns, StringComparer.Ordinal), BuildJson.Default.DictionaryStringString))));

    /// <param name="tidy">Nothing of the build is on the engine.</param>
    public void Put(Build build, bool tidy) => database.Write(connection => connection.Execute(
        "UPDATE builds SET status = $status, tidy = $tidy, message = $message WHERE name = $name",
        ("$name", build.Name),
        ("$status", (int)build.Status),
        ("$tidy", tidy ? 1 : 0),
        ("$message", build.ToByteArray())));

    public Build? Find(string name) => database.Read(connection =>
        connection.First("SELECT message FROM builds WHERE name = $name", Message, ("$name", name)));

    /// <summary>By the id alone, which is unique, whatever the location.</summary>
    public Build? FindById(string project, string id) => database.Read(connection =>
        connection.First("SELECT message FROM builds WHERE project = $project AND id = $id", Message, ("$project", project), ("$id", id)));

    public BuildRequest? Request(string name) => database.Read(connection => connection.First(
        "SELECT request, built_ins FROM builds WHERE name = $name",
        row => new BuildRequest(Build.Parser.ParseFrom(row.GetFieldValue<byte[]>(0)), JsonSerializer.Deserialize(row.GetString(1), BuildJson.Default.DictionaryStringString)!),
        ("$name", name)));

    /// <summary>Newest first: from <paramref name="skip"/> matches on, at most <paramref name="count"/>; no more is read than that takes.</summary>
    public List<Build> List(string parent, Func<Build, bool> matches, int skip, int count) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT message FROM builds WHERE parent = $parent ORDER BY number DESC";
        command.Parameters.AddWithValue("$parent", parent);
        using var reader = command.ExecuteReader();
        return Rows(reader).Where(matches).Skip(skip).Take(count).ToList();
    });

    /// <summary>Builds of a status, oldest first.</summary>
    public List<Build> Of(Build.Types.Status status) => database.Read(connection =>
        connection.Query("SELECT message FROM builds WHERE status = $status ORDER BY number", Message, ("$status", (int)status)));

    /// <summary>Builds of which something may be on the engine.</summary>
    public List<Build> Untidy() => database.Read(connection => connection.Query("SELECT message FROM builds WHERE tidy = 0 ORDER BY number", Message));

    private static IEnumerable<Build> Rows(SqliteDataReader reader)
    {
        while (reader.Read())
        {
            yield return Message(reader);
        }
    }

    private static Build Message(SqliteDataReader row) => Build.Parser.ParseFrom(row.GetFieldValue<byte[]>(0));
}
