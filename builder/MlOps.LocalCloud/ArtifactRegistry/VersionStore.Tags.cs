using Microsoft.Data.Sqlite;
using MlOps.Google.Registry;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.ArtifactRegistry;

/// <content>Tags.</content>
internal sealed partial class VersionStore
{
    public StoredTag? FindTag(PackageName package, string tag) => database.Read(connection => FindTag(connection, package, tag));

    public List<StoredTag> Tags(PackageName package) => database.Read(connection => connection.Query(
        "SELECT tag, version FROM tags WHERE repository = $repository AND package = $package ORDER BY tag", row => Tag(package, row), Of(package)));

    public List<StoredTag> TagsOf(PackageName package, string version) => database.Read(connection => TagsOf(connection, package, version));

    public bool AreTagsImmutable(RepositoryName repository) => database.Read(connection => RepositoryStore.HasImmutableTags(connection, repository));

    /// <summary>Makes a tag; false where it exists.</summary>
    public bool Create(StoredTag tag) => database.Write(connection =>
    {
        var isNew = FindTag(connection, tag.Package, tag.Tag) is null;
        if (isNew)
        {
            Move(connection, tag);
        }

        return isNew;
    });

    /// <summary>Moves a tag, making it where it does not exist.</summary>
    /// <exception cref="ImmutableTagException">It names another version, and may not move.</exception>
    public void Move(StoredTag tag) => database.Write(connection => { Move(connection, tag); return 0; });

    /// <exception cref="ImmutableTagException">It may not go.</exception>
    public void Delete(StoredTag tag) => database.Write(connection => { Remove(connection, tag); return 0; });

    private void Move(SqliteConnection connection, StoredTag tag)
    {
        var old = FindTag(connection, tag.Package, tag.Tag);
        if (old == tag)
        {
            return;
        }

        if (old is not null && RepositoryStore.HasImmutableTags(connection, tag.Package.Repository))
        {
            throw new ImmutableTagException(tag.Tag);
        }

        connection.Execute(
            """
            INSERT INTO tags (repository, package, tag, version, updated) VALUES ($repository, $package, $tag, $version, $now)
            ON CONFLICT (repository, package, tag) DO UPDATE SET version = excluded.version, updated = excluded.updated
            """,
            [.. Of(tag.Package), ("$tag", tag.Tag), ("$version", tag.Version), ("$now", Now)]);
    }

    private static void Remove(SqliteConnection connection, StoredTag tag)
    {
        if (RepositoryStore.HasImmutableTags(connection, tag.Package.Repository))
        {
            throw new ImmutableTagException(tag.Tag);
        }

        connection.Execute("DELETE FROM tags WHERE repository = $repository AND package = $package AND tag = $tag", [.. Of(tag.Package), ("$tag", tag.Tag)]);
    }

    private static StoredTag? FindTag(SqliteConnection connection, PackageName package, string tag) => connection.First(
        "SELECT tag, version FROM tags WHERE repository = $repository AND package = $package AND tag = $tag", row => Tag(package, row), [.. Of(package), ("$tag", tag)]);

    private static List<StoredTag> TagsOf(SqliteConnection connection, PackageName package, string version) => connection.Query(
        "SELECT tag, version FROM tags WHERE repository = $repository AND package = $package AND version = $version ORDER BY tag",
        row => Tag(package, row),
        [.. Of(package), ("$version", version)]);

    private static StoredTag Tag(PackageName package, SqliteDataReader row) => new(package, row.GetString(0), row.GetString(1));
}
