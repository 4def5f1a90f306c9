using Google.Cloud.SecretManager.V1;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.SecretManager;

/// <summary>A version as it is kept; <see cref="Value"/> names its value in <see cref="SecretValues"/>, null once it is destroyed.</summary>
internal sealed record StoredVersion(string Secret, long Number, SecretVersion Message, string? Value, long Checksum);

/// <summary>Secrets and their versions: Google's messages as rows, the values as files beside the database, so that a destroyed one is gone from the disk.</summary>
internal sealed class SecretStore(CloudDatabase database, SecretValues values, TimeProvider time)
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS secrets (
            name TEXT PRIMARY KEY, parent TEXT NOT NULL, number INTEGER NOT NULL, expires INTEGER, message BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS secrets_of_parent ON secrets (parent, number);
        CREATE TABLE IF NOT EXISTS secret_versions (
            secret TEXT NOT NULL, number INTEGER NOT NULL, message BLOB NOT NULL, value TEXT, checksum INTEGER NOT NULL, PRIMARY KEY (secret, number)) WITHOUT ROWID;
        """;

    private readonly Lock _sweeping = new();
    private bool _swept;

    public Secret? Find(string name)
    {
        Sweep();
        return database.Read(connection => connection.First("SELECT message FROM secrets WHERE name = $name", SecretOf, ("$name", name)));
    }

    /// <summary>Newest first.</summary>
    public List<Secret> List(string parent)
    {
        Sweep();
        return database.Read(connection => connection.Query("SELECT message FROM secrets WHERE parent = $parent ORDER BY number DESC", SecretOf, ("$parent", parent)));
    }

    /// <returns>False where the name is taken.</returns>
    public bool Create(string parent, Secret secret)
    {
        Sweep();
        return database.Write(connection => connection.Execute(
            """
            INSERT OR IGNORE INTO secrets (name, parent, number, expires, message)
            VALUES ($name, $parent, (SELECT COALESCE(MAX(number), 0) + 1 FROM secrets), $expires, $message)
            """,
            ("$name", secret.Name),
            ("$parent", parent),
            ("$expires", Expires(secret)),
            ("$message", secret.ToByteArray()))) == 1;
    }

    /// <summary>Changes the stored message; what <paramref name="change"/> throws leaves it as it was.</summary>
    /// <returns>Null without such a secret.</returns>
    public Secret? Change(string name, Func<Secret, Secret> change)
    {
        Sweep();
        return database.Write(connection =>
        {
            if (connection.First("SELECT message FROM secrets WHERE name = $name", SecretOf, ("$name", name)) is not { } old)
            {
                return null;
            }

            var changed = change(old);
            connection.Execute(
                "UPDATE secrets SET message = $message, expires = $expires WHERE name = $name", ("$message", changed.ToByteArray()), ("$expires", Expires(changed)), ("$name", name));
            return changed;
        });
    }

    /// <summary>The secret with all its versions and values.</summary>
    /// <param name="check">Throws to refuse.</param>
    /// <returns>False without such a secret.</returns>
    public bool Delete(string name, Action<Secret> check)
    {
        var gone = database.Write(connection =>
        {
            if (connection.First("SELECT message FROM secrets WHERE name = $name", SecretOf, ("$name", name)) is not { } secret)
            {
                return null;
            }

            check(secret);
            return Delete(connection, name);
        });
        gone?.ForEach(values.Remove);
        return gone is not null;
    }

    /// <summary>Adds the secret's next version; numbers begin at 1 and are never used twice.</summary>
    public StoredVersion AddVersion(string secret, SecretVersion message, ReadOnlySpan<byte> value, long checksum)
    {
        var id = values.Add(value);
        return database.Write(connection =>
        {
            var number = connection.Query("SELECT COALESCE(MAX(number), 0) + 1 FROM secret_versions WHERE secret = $secret", row => row.GetInt64(0), ("$secret", secret))[0];
            message.Name = $"{secret}/versions/{number}";
            connection.Execute(
                "INSERT INTO secret_versions (secret, number, message, value, checksum) VALUES ($secret, $number, $message, $value, $checksum)",
                ("$secret", secret),
                ("$number", number),
                ("$message", message.ToByteArray()),
                ("$value", id),
                ("$checksum", checksum));
            return new StoredVersion(secret, number, message, id, checksum);
        });
    }

    /// <summary>Newest first.</summary>
    public List<StoredVersion> Versions(string secret) => database.Read(connection => connection.Query(
        "SELECT secret, number, message, value, checksum FROM secret_versions WHERE secret = $secret ORDER BY number DESC", VersionOf, ("$secret", secret)));

    /// <summary>A version by number, or the newest (null).</summary>
    public StoredVersion? FindVersion(string secret, long? number) => database.Read(connection => FindVersion(connection, secret, number));

    /// <summary>Changes a version; destroyed is for good, its value with it.</summary>
    public SecretVersion ChangeVersion(StoredVersion version, Action<SecretVersion> change)
    {
        var (changed, removed) = database.Write(connection =>
        {
            var current = FindVersion(connection, version.Secret, version.Number) ?? throw Rpc.NotFound($"Secret Version [{version.Message.Name}] not found.");
            change(current.Message);
            var kept = current.Message.State == SecretVersion.Types.State.Destroyed ? null : current.Value;
            connection.Execute(
                "UPDATE secret_versions SET message = $message, value = $value WHERE secret = $secret AND number = $number",
                ("$message", current.Message.ToByteArray()),
                ("$value", kept),
                ("$secret", version.Secret),
                ("$number", version.Number));
            return (current.Message, kept is null ? current.Value : null);
        });
        if (removed is not null)
        {
            values.Remove(removed);
        }

        return changed;
    }

    public byte[] Value(StoredVersion version) => values.Read(version.Value!);

    /// <summary>Expired secrets go; once per start also the values that a kill has left.</summary>
    private void Sweep()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var expired = database.Read(connection => connection.Query("SELECT name FROM secrets WHERE expires <= $now", row => row.GetString(0), ("$now", now)));
        foreach (var name in expired)
        {
            database.Write(connection => Delete(connection, name)).ForEach(values.Remove);
        }

        lock (_sweeping)
        {
            if (!_swept)
            {
                values.KeepOnly(database.Read(connection => connection.Query("SELECT value FROM secret_versions WHERE value IS NOT NULL", row => row.GetString(0))).ToHashSet(StringComparer.Ordinal));
                _swept = true;
            }
        }
    }

    private static List<string> Delete(SqliteConnection connection, string name)
    {
        var left = connection.Query("SELECT value FROM secret_versions WHERE secret = $name AND value IS NOT NULL", row => row.GetString(0), ("$name", name));
        connection.Execute("DELETE FROM secret_versions WHERE secret = $name", ("$name", name));
        connection.Execute("DELETE FROM secrets WHERE name = $name", ("$name", name));
        return left;
    }

    private static StoredVersion? FindVersion(SqliteConnection connection, string secret, long? number) => connection.First(
        "SELECT secret, number, message, value, checksum FROM secret_versions WHERE secret = $secret AND ($number IS NULL OR number = $number) ORDER BY number DESC LIMIT 1",
        VersionOf,
        ("$secret", secret),
        ("$number", number));

    private static long? Expires(Secret secret) => secret.ExpirationCase == Secret.ExpirationOneofCase.ExpireTime ? new DateTimeOffset(secret.ExpireTime.ToDateTime()).ToUnixTimeMilliseconds() : null;

    private static Secret SecretOf(SqliteDataReader row) => Secret.Parser.ParseFrom(row.GetFieldValue<byte[]>(0));

    private static StoredVersion VersionOf(SqliteDataReader row) =>
        new(row.GetString(0), row.GetInt64(1), SecretVersion.Parser.ParseFrom(row.GetFieldValue<byte[]>(2)), row.Text(3), row.GetInt64(4));
}
