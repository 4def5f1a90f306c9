using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Storage;

/// <summary>A content that is complete in a staged file and is to become an object's next generation.</summary>
internal sealed record NewObject(string Bucket, string Name, string Staged, ContentHashes Hashes, string Attributes, Preconditions Preconditions, long? Components = null);

/// <summary>
/// Objects: metadata in SQLite, bytes in plain files. Changes go one after another, so that preconditions are a true
/// compare-and-swap. A write's row is committed first and names the staged file; then the file is moved. A kill between the
/// two is mended at the next start, so an object is always one whole generation.
/// </summary>
internal sealed partial class ObjectStore(CloudDatabase database, ObjectFiles files, BucketStore buckets, TimeProvider time, bool createOnWrite) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private bool _recovered;
    private long _lastGeneration;

    /// <summary>The clock by which objects are dated.</summary>
    public DateTimeOffset Clock => time.GetUtcNow();

    public void Dispose() => _gate.Dispose();

    /// <summary>The object as it is now; null without one. A file that was put there by hand is taken in.</summary>
    public async Task<StoredObject?> FindAsync(string bucket, string name, CancellationToken cancel)
    {
        var row = _recovered ? Row(bucket, name) : null;
        return row is not null && IsAsStored(row) ? row : await AloneAsync(() => CurrentAsync(bucket, name, cancel), cancel);
    }

    /// <summary>An object with its bytes, of one generation; null without one. Later writes do not touch the open file.</summary>
    public async Task<(StoredObject Object, FileStream Content)?> OpenAsync(string bucket, string name, CancellationToken cancel)
    {
        while (await FindAsync(bucket, name, cancel) is { } row)
        {
            var content = Open(row);
            if (content is not null && Row(bucket, name) is { Staged: null } still && still.Generation == row.Generation)
            {
                return (still, content);
            }

            content?.Dispose();
        }

        return null;
    }

    /// <exception cref="StorageFault">404: no bucket; 412: a precondition does not hold.</exception>
    public async Task<StoredObject> WriteAsync(NewObject content, CancellationToken cancel)
    {
        try
        {
            return await AloneAsync(() => CommitAsync(content, cancel), cancel);
        }
        catch (StorageFault)
        {
            File.Delete(content.Staged);
            throw;
        }
    }

    /// <summary>
    /// Makes a file that is complete (a task's output) an object; on one file system it is moved. What the object was before is replaced.
    /// </summary>
    public async Task<StoredObject> ImportFileAsync(string bucket, string name, string path, CancellationToken cancel, string contentType = "application/octet-stream")
    {
        var staged = files.NewStaged();
        File.Move(path, staged);
        var hashes = await ContentHashes.OfAsync(staged, cancel);
        return await WriteAsync(new(bucket, name, staged, hashes, ObjectAttributes.OfType(contentType), new()), cancel);
    }

    /// <summary>Changes the attributes only: the same generation, the next metageneration.</summary>
    public Task<StoredObject> PatchAsync(string bucket, string name, Preconditions preconditions, Func<string, string> change, CancellationToken cancel) => AloneAsync(
        async () =>
        {
            var current = await CurrentAsync(bucket, name, cancel) ?? throw StorageFault.NoObject(bucket, name);
            preconditions.Check(current.Generation, current.Metageneration);
            var changed = current with { Attributes = change(current.Attributes), Metageneration = current.Metageneration + 1, Updated = Now() };
            Put(changed);
            return changed;
        },
        cancel);

    public Task<StoredObject> DeleteAsync(string bucket, string name, long? generation, Preconditions preconditions, CancellationToken cancel) => AloneAsync(
        async () =>
        {
            var current = await CurrentAsync(bucket, name, cancel);
            if (current is null || (generation ?? current.Generation) != current.Generation)
            {
                throw StorageFault.NoObject(bucket, name);
            }

            // The file first: a row without its file is no object, a file without its row would be one again.
            preconditions.Check(current.Generation, current.Metageneration);
            files.Remove(current.File);
            database.Write(connection => { ObjectTable.Delete(connection, bucket, name); return 0; });
            return current;
        },
        cancel);

    private async Task<StoredObject> CommitAsync(NewObject content, CancellationToken cancel)
    {
        if (buckets.Find(content.Bucket) is null)
        {
            _ = createOnWrite ? buckets.Ensure(content.Bucket, "local") : throw StorageFault.NoBucket(content.Bucket);
        }

        var current = await CurrentAsync(content.Bucket, content.Name, cancel);
        content.Preconditions.Check(current?.Generation ?? 0, current?.Metageneration ?? 0);
        var now = Now();
        var file = current?.File ?? files.Place(content.Bucket, content.Name);
        var modified = File.GetLastWriteTimeUtc(content.Staged).Ticks;
        var row = new StoredObject(
            content.Bucket, content.Name, file, modified, content.Staged, content.Hashes, NextGeneration(current), Metageneration: 1, now, now, content.Components, content.Attributes);
        Put(row);
        return FinishMove(row);
    }

    private StoredObject FinishMove(StoredObject row)
    {
        if (File.Exists(row.Staged))
        {
            files.Move(row.Staged, row.File);
        }

        var done = row with { Staged = null };
        Put(done);
        return done;
    }

    /// <summary>The object as the disk has it; to be called alone.</summary>
    private async Task<StoredObject?> CurrentAsync(string bucket, string name, CancellationToken cancel)
    {
        var row = Row(bucket, name);
        row = row?.Staged is null ? row : FinishMove(row);
        var file = row?.File ?? files.Plain(bucket, name);
        var stat = file is null ? null : files.Stat(file);
        if (row is not null && stat == (row.Hashes.Size, row.Modified))
        {
            return row;
        }

        if (stat is null || file is null)
        {
            database.Write(connection => { ObjectTable.Delete(connection, bucket, name); return 0; });
            return null;
        }

        var hashes = await ContentHashes.OfAsync(files.Full(file), cancel);
        var now = Now();
        var taken = new StoredObject(
            bucket, name, file, stat.Value.Modified, Staged: null, hashes, NextGeneration(row), Metageneration: 1, now, now, Components: null, row?.Attributes ?? ObjectAttributes.OfType("application/octet-stream"));
        Put(taken);
        return taken;
    }

    private bool IsAsStored(StoredObject row) => row.Staged is null && files.Stat(row.File) == (row.Hashes.Size, row.Modified);

    private FileStream? Open(StoredObject row)
    {
        try
        {
            return new FileStream(files.Full(row.File), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private StoredObject? Row(string bucket, string name) => database.Read(connection => ObjectTable.Find(connection, bucket, name));

    private void Put(StoredObject row) => database.Write(connection => { ObjectTable.Put(connection, row); return 0; });

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long NextGeneration(StoredObject? current) =>
        _lastGeneration = Math.Max(Now() * 1000, Math.Max(_lastGeneration, current?.Generation ?? 0) + 1);

    private async Task<T> AloneAsync<T>(Func<Task<T>> change, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            Recover();
            return await change();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Once per start: ends the moves that a kill interrupted.</summary>
    private void Recover()
    {
        if (_recovered)
        {
            return;
        }

        foreach (var row in database.Read(ObjectTable.Staged))
        {
            FinishMove(row);
        }

        files.ForgetStaged(olderThan: time.GetUtcNow() - UploadSessions.Lifetime);
        _lastGeneration = database.Read(ObjectTable.LastGeneration);
        _recovered = true;
    }
}
