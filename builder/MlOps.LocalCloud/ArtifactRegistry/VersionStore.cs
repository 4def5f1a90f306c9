using Microsoft.Data.Sqlite;
using MlOps.Google.Registry;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.ArtifactRegistry;

/// <summary>Versions of packages and their tags; each change is one transaction, in which immutable tags are checked.</summary>
internal sealed partial class VersionStore(CloudDatabase database, TimeProvider time)
{
    private const string Columns = "repository, package, id, media_type, artifact_type, subject, description, size, built, created, updated, annotations";

    public long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Adds a version, or says that it was uploaded again, and moves tags to it.</summary>
    /// <exception cref="ImmutableTagException">Nothing is changed.</exception>
    public void Put(StoredVersion version, ReadOnlyMemory<byte> content, IReadOnlyCollection<string> tags) => database.Write(connection =>
    {
        connection.Execute(
            $"""
            INSERT INTO versions ({Columns}, content) VALUES (
                $repository, $package, $id, $mediaType, $artifactType, $subject, $description, $size, $built, $created, $updated, $annotations, $content)
            ON CONFLICT (repository, package, id) DO UPDATE SET
                updated = excluded.updated, description = CASE excluded.description WHEN '' THEN description ELSE excluded.description END
            """,
            ("$repository", version.Package.Repository.ToString()),
            ("$package", version.Package.Package),
            ("$id", version.Id),
            ("$mediaType", version.MediaType),
            ("$artifactType", version.ArtifactType),
            ("$subject", version.Subject),
            ("$description", version.Description),
            ("$size", version.Size),
            ("$built", version.Built),
            ("$created", version.Created),
            ("$updated", version.Updated),
            ("$annotations", version.Annotations),
            ("$content", content.ToArray()));
        foreach (var tag in tags)
        {
            Move(connection, new(version.Package, tag, version.Id));
        }

        return 0;
    });

    public StoredVersion? Find(PackageName package, string id) => database.Read(connection => Find(connection, package, id));

    /// <summary>The bytes of a version, with their media type.</summary>
    public Manifest? Content(PackageName package, string id) => database.Read(connection => connection.First(
        "SELECT media_type, content FROM versions WHERE repository = $repository AND package = $package AND id = $id",
        row => new Manifest(row.GetString(0), row.GetFieldValue<byte[]>(1)),
        [.. Of(package), ("$id", id)]));

    public List<StoredVersion> Versions(PackageName package) => database.Read(connection => connection.Query(
        $"SELECT {Columns} FROM versions WHERE repository = $repository AND package = $package ORDER BY id", Version, Of(package)));

    /// <summary>Everything in a repository, by package and id.</summary>
    public List<StoredVersion> Versions(RepositoryName repository) => database.Read(connection => connection.Query(
        $"SELECT {Columns} FROM versions WHERE repository = $repository ORDER BY package, id", Version, ("$repository", repository.ToString())));

    /// <summary>The manifests about another one, oldest first.</summary>
    public List<StoredVersion> About(PackageName package, string subject) => database.Read(connection => connection.Query(
        $"SELECT {Columns} FROM versions WHERE repository = $repository AND package = $package AND subject = $subject ORDER BY created, id",
        Version,
        [.. Of(package), ("$subject", subject)]));

    /// <summary>The packages of a repository, with when each was first and last uploaded to.</summary>
    public List<(PackageName Package, long Created, long Updated)> Packages(RepositoryName repository) => database.Read(connection => connection.Query(
        "SELECT package, MIN(created), MAX(updated) FROM versions WHERE repository = $repository GROUP BY package ORDER BY package",
        row => (new PackageName(repository, row.GetString(0)), row.GetInt64(1), row.GetInt64(2)),
        ("$repository", repository.ToString())));

    /// <summary>The names of all packages of one format, as paths below <c>/v2/</c>.</summary>
    public List<PackageName> Packages(int format) => database.Read(connection => connection.Query(
        "SELECT DISTINCT repository, package FROM versions JOIN repositories ON name = repository WHERE format = $format",
        row => new PackageName(ResourceNames.Repository(row.GetString(0)), row.GetString(1)),
        ("$format", format)));

    public void Annotate(StoredVersion version, string annotations) => database.Write(connection => connection.Execute(
        "UPDATE versions SET annotations = $annotations, updated = $now WHERE repository = $repository AND package = $package AND id = $id",
        [.. Of(version.Package), ("$id", version.Id), ("$annotations", annotations), ("$now", Now)]));

    /// <summary>A version and the tags on it.</summary>
    /// <exception cref="ImmutableTagException">It is tagged, and its repository's tags are immutable.</exception>
    public void Delete(PackageName package, string id) => database.Write(connection =>
    {
        foreach (var tag in TagsOf(connection, package, id))
        {
            Remove(connection, tag);
        }

        return connection.Execute("DELETE FROM versions WHERE repository = $repository AND package = $package AND id = $id", [.. Of(package), ("$id", id)]);
    });

    public void DeletePackage(PackageName package) => database.Write(connection =>
    {
        connection.Execute("DELETE FROM tags WHERE repository = $repository AND package = $package", Of(package));
        return connection.Execute("DELETE FROM versions WHERE repository = $repository AND package = $package", Of(package));
    });

    private static StoredVersion? Find(SqliteConnection connection, PackageName package, string id) => connection.First(
        $"SELECT {Columns} FROM versions WHERE repository = $repository AND package = $package AND id = $id", Version, [.. Of(package), ("$id", id)]);

    private static (string, object?)[] Of(PackageName package) => [("$repository", package.Repository.ToString()), ("$package", package.Package)];

    private static StoredVersion Version(SqliteDataReader row) => new(
        new PackageName(ResourceNames.Repository(row.GetString(0)), row.GetString(1)),
        row.GetString(2),
        row.GetString(3),
        row.Text(4),
        row.Text(5),
        row.GetString(6),
        row.GetInt64(7),
        row.IsDBNull(8) ? null : row.GetInt64(8),
        row.GetInt64(9),
        row.GetInt64(10),
        row.GetString(11));
}
