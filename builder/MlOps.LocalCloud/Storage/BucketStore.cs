using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Storage;

/// <summary>A bucket. Times are milliseconds since 1970; <see cref="Attributes"/> is what the client set, as JSON.</summary>
internal sealed record Bucket(string Name, string Project, long Created, long Updated, long Metageneration, string Attributes);

/// <summary>Buckets: a row each, and the folder of that name.</summary>
internal sealed partial class BucketStore(CloudDatabase database, ObjectFiles files, TimeProvider time)
{
    private const string Columns = "name, project, created, updated, metageneration, attributes";

    /// <summary>A bucket; a folder that somebody made by hand is one too.</summary>
    public Bucket? Find(string name)
    {
        var row = database.Read(connection => connection.First($"SELECT {Columns} FROM buckets WHERE name = $name", Row, ("$name", name)));
        return row ?? (Grammar().IsMatch(name) && Directory.Exists(files.BucketFolder(name)) ? Ensure(name, project: "local") : null);
    }

    /// <exception cref="StorageFault">409: the name is taken; 400: it is no bucket's name.</exception>
    public Bucket Create(string name, string project, string attributes)
    {
        if (!Grammar().IsMatch(name))
        {
            throw StorageFault.Invalid($"Invalid bucket name: '{name}'. Expected 3 to 63 lower-case letters, digits, '-', '_' and '.', a letter or digit at both ends.");
        }

        Directory.CreateDirectory(files.BucketFolder(name));
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var added = database.Write(connection => connection.Execute(
            $"INSERT OR IGNORE INTO buckets ({Columns}) VALUES ($name, $project, $now, $now, 1, $attributes)",
            ("$name", name),
            ("$project", project),
            ("$now", now),
            ("$attributes", attributes)));
        return added == 1 ? Find(name)! : throw new StorageFault(409, "conflict", $"Your previous request to create the named bucket succeeded and you already own it: {name}");
    }

    /// <summary>The bucket, made where it is not there.</summary>
    public Bucket Ensure(string name, string project)
    {
        try
        {
            return Create(name, project, "{}");
        }
        catch (StorageFault fault) when (fault.Code == 409)
        {
            return Find(name)!;
        }
    }

    public List<Bucket> List(string project, string prefix) => database.Read(connection => connection.Query(
        $"SELECT {Columns} FROM buckets WHERE project = $project AND name >= $prefix AND name < $prefix || char(1114111) ORDER BY name",
        Row,
        ("$project", project),
        ("$prefix", prefix)));

    public Bucket Replace(Bucket bucket, string attributes)
    {
        database.Write(connection => connection.Execute(
            "UPDATE buckets SET attributes = $attributes, updated = $now, metageneration = metageneration + 1 WHERE name = $name",
            ("$attributes", attributes),
            ("$now", time.GetUtcNow().ToUnixTimeMilliseconds()),
            ("$name", bucket.Name)));
        return Find(bucket.Name)!;
    }

    /// <exception cref="StorageFault">409: it holds objects.</exception>
    public void Delete(string name)
    {
        var held = database.Read(connection => connection.Query("SELECT 1 FROM objects WHERE bucket = $name LIMIT 1", row => row.GetInt32(0), ("$name", name)).Count);
        if (held > 0 || files.Below(name, "").Any())
        {
            throw new StorageFault(409, "conflict", $"The bucket you tried to delete is not empty: {name}");
        }

        Directory.Delete(files.BucketFolder(name), recursive: true);
        database.Write(connection => connection.Execute("DELETE FROM buckets WHERE name = $name", ("$name", name)));
    }

    private static Bucket Row(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetString(5));

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
