using Microsoft.Data.Sqlite;

namespace MlOps.LocalCloud.Hosting;

/// <summary>
/// The cloud's metadata, one SQLite file that is opened at its first use. Reads run side by side; writes one after another,
/// each a transaction. What was committed survives a kill of the process (write-ahead log).
/// </summary>
internal sealed class CloudDatabase : IDisposable
{
    private readonly string _connection;
    private readonly string _path;
    private readonly string[] _schema;
    private readonly Lazy<SqliteConnection> _writer;
    private readonly Lock _writing = new();

    /// <param name="stateFolder">Holds <c>cloud.db</c>.</param>
    /// <param name="schema">Each service's <c>CREATE … IF NOT EXISTS</c> statements.</param>
    public CloudDatabase(string stateFolder, params string[] schema)
    {
        _path = Path.Combine(stateFolder, "cloud.db");
        _connection = new SqliteConnectionStringBuilder { DataSource = _path }.ToString();
        _schema = schema;
        _writer = new(Prepare);
    }

    /// <summary>It was opened before, now or at an earlier start.</summary>
    public bool Exists => File.Exists(_path);

    /// <summary>A reading connection; it must not be written with.</summary>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        _ = _writer.Value;
        using var connection = Open();
        return read(connection);
    }

    /// <summary>All of <paramref name="write"/>, or nothing of it where it throws.</summary>
    public T Write<T>(Func<SqliteConnection, T> write)
    {
        lock (_writing)
        {
            var connection = _writer.Value;
            using var transaction = connection.BeginTransaction();
            var result = write(connection);
            transaction.Commit();
            return result;
        }
    }

    public void Dispose()
    {
        if (_writer.IsValueCreated)
        {
            _writer.Value.Dispose();
            using var connection = new SqliteConnection(_connection);
            SqliteConnection.ClearPool(connection);
        }
    }

    private SqliteConnection Prepare()
    {
        var connection = Open();
        connection.Execute("PRAGMA journal_mode = WAL");
        connection.Execute("PRAGMA synchronous = NORMAL");
        foreach (var statements in _schema)
        {
            connection.Execute(statements);
        }

        return connection;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        return connection;
    }
}
