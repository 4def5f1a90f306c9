using Google.Cloud.ArtifactRegistry.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Data.Sqlite;
using MlOps.Google.Registry;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.ArtifactRegistry;

/// <summary>Repositories: Google's message, as the client made it.</summary>
internal sealed class RepositoryStore(CloudDatabase database, TimeProvider time, bool createOnWrite)
{
    public Repository? Find(RepositoryName name) => database.Read(connection => Find(connection, name));

    public List<Repository> List(string parent) => database.Read(connection => connection.Query(
        "SELECT message FROM repositories WHERE parent = $parent ORDER BY name", Message, ("$parent", parent)));

    /// <returns>False where the name is taken.</returns>
    public bool Create(RepositoryName name, Repository repository)
    {
        repository.Name = name.ToString();
        repository.CreateTime = repository.UpdateTime = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        repository.RegistryUri = RegistryUri(name, repository.Format);
        repository.Mode = repository.Mode == Repository.Types.Mode.Unspecified ? Repository.Types.Mode.StandardRepository : repository.Mode;
        return database.Write(connection => connection.Execute(
            "INSERT OR IGNORE INTO repositories (name, parent, format, immutable, message) VALUES ($name, $parent, $format, $immutable, $message)",
            ("$name", repository.Name),
            ("$parent", name.Parent),
            ("$format", (int)repository.Format),
            ("$immutable", repository.DockerConfig?.ImmutableTags is true),
            ("$message", repository.ToByteArray()))) == 1;
    }

    /// <summary>The repository that something is about to be written to; made where it is not there, unless the cloud is strict.</summary>
    public Repository? ForWriting(RepositoryName name, Repository.Types.Format format)
    {
        if (Find(name) is null && createOnWrite)
        {
            Create(name, new Repository { Format = format });
        }

        return Find(name);
    }

    public Repository Replace(RepositoryName name, Repository repository)
    {
        repository.UpdateTime = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        database.Write(connection => connection.Execute(
            "UPDATE repositories SET immutable = $immutable, message = $message WHERE name = $name",
            ("$immutable", repository.DockerConfig?.ImmutableTags is true),
            ("$message", repository.ToByteArray()),
            ("$name", name.ToString())));
        return repository;
    }

    /// <summary>The repository and everything in it.</summary>
    public void Delete(RepositoryName name) => database.Write(connection =>
    {
        foreach (var (table, column) in new[] { ("tags", "repository"), ("versions", "repository"), ("repositories", "name") })
        {
            connection.Execute($"DELETE FROM {table} WHERE {column} = $name", ("$name", name.ToString()));
        }

        return 0;
    });

    public static bool HasImmutableTags(SqliteConnection connection, RepositoryName name) =>
        connection.Query("SELECT immutable FROM repositories WHERE name = $name", row => row.GetBoolean(0), ("$name", name.ToString())) is [true];

    private static Repository? Find(SqliteConnection connection, RepositoryName name) => connection.First(
        """
        SELECT message, (SELECT COALESCE(SUM(size), 0) FROM versions WHERE repository = $name) FROM repositories WHERE name = $name
        """,
        row =>
        {
            var repository = Message(row);
            repository.SizeBytes = row.GetInt64(1);
            return repository;
        },
        ("$name", name.ToString()));

    private static Repository Message(SqliteDataReader row) => Repository.Parser.ParseFrom(row.GetFieldValue<byte[]>(0));

    private static string RegistryUri(RepositoryName name, Repository.Types.Format format) => format == Repository.Types.Format.Docker
        ? RegistryPath.Host(name) + (RegistryPath.IsGcr(name) ? $"/{name.Project}" : $"/{name.Project}/{name.Repository}")
        : $"{name.Location}-{format.ToString().ToLowerInvariant()}.pkg.dev/{name.Project}/{name.Repository}";
}
