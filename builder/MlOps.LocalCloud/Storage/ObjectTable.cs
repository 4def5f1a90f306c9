using Microsoft.Data.Sqlite;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Storage;

/// <summary>The rows behind objects. Names sort by their UTF-8 bytes, as Storage lists them.</summary>
internal static class ObjectTable
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS buckets (
            name TEXT PRIMARY KEY, project TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
            metageneration INTEGER NOT NULL, attributes TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS objects (
            bucket TEXT NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL, modified INTEGER NOT NULL, staged TEXT,
            size INTEGER NOT NULL, md5 TEXT NOT NULL, crc32c TEXT NOT NULL,
            generation INTEGER NOT NULL, metageneration INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
            components INTEGER, attributes TEXT NOT NULL, PRIMARY KEY (bucket, name)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS objects_staged ON objects (staged) WHERE staged IS NOT NULL;
        CREATE TABLE IF NOT EXISTS uploads (
            id TEXT PRIMARY KEY, bucket TEXT NOT NULL, name TEXT NOT NULL, request TEXT NOT NULL, created INTEGER NOT NULL, result TEXT) WITHOUT ROWID;
        """;

    private const string Columns = "bucket, name, file, modified, staged, size, md5, crc32c, generation, metageneration, created, updated, components, attributes";

    public static StoredObject? Find(SqliteConnection connection, string bucket, string name) => connection.First(
        $"SELECT {Columns} FROM objects WHERE bucket = $bucket AND name = $name", Row, ("$bucket", bucket), ("$name", name));

    public static List<StoredObject> Staged(SqliteConnection connection) =>
        connection.Query($"SELECT {Columns} FROM objects WHERE staged IS NOT NULL", Row);

    /// <summary>All whose name begins with <paramref name="prefix"/> and comes after <paramref name="after"/>.</summary>
    public static List<StoredObject> Below(SqliteConnection connection, string bucket, string prefix, string after = "") => connection.Query(
        $"SELECT {Columns} FROM objects WHERE bucket = $bucket AND name >= $prefix AND name > $after AND name < $prefix || char(1114111) ORDER BY name",
        Row,
        ("$bucket", bucket),
        ("$prefix", prefix),
        ("$after", after));

    public static void Put(SqliteConnection connection, StoredObject row) => connection.Execute(
        $"""
        INSERT OR REPLACE INTO objects ({Columns}) VALUES (
            $bucket, $name, $file, $modified, $staged, $size, $md5, $crc32c, $generation, $metageneration, $created, $updated, $components, $attributes)
        """,
        ("$bucket", row.Bucket),
        ("$name", row.Name),
        ("$file", row.File),
        ("$modified", row.Modified),
        ("$staged", row.Staged),
        ("$size", row.Hashes.Size),
        ("$md5", row.Hashes.Md5),
        ("$crc32c", row.Hashes.Crc32C),
        ("$generation", row.Generation),
        ("$metageneration", row.Metageneration),
        ("$created", row.Created),
        ("$updated", row.Updated),
        ("$components", row.Components),
        ("$attributes", row.Attributes));

    public static void Delete(SqliteConnection connection, string bucket, string name) =>
        connection.Execute("DELETE FROM objects WHERE bucket = $bucket AND name = $name", ("$bucket", bucket), ("$name", name));

    public static long LastGeneration(SqliteConnection connection) =>
        connection.Query("SELECT COALESCE(MAX(generation), 0) FROM objects", row => row.GetInt64(0))[0];

    private static StoredObject Row(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetString(2),
        row.GetInt64(3),
        row.Text(4),
        new(row.GetInt64(5), row.GetString(6), row.GetString(7)),
        row.GetInt64(8),
        row.GetInt64(9),
        row.GetInt64(10),
        row.GetInt64(11),
        row.IsDBNull(12) ? null : row.GetInt64(12),
        row.GetString(13));
}
