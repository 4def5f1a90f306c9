using System.Collections.Immutable;
using System.Text.Json;
using MlOps.Containers;
using MlOps.Containers.Running;
using MlOps.Core.Files;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Tables;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>What a successful attempt has given, written down before its files are imported: an import that was interrupted goes on from here.</summary>
/// <param name="Files">Paths below the folder of its outputs.</param>
internal sealed record AttemptRecord(Outcome Outcome, ImmutableArray<string> Files);

/// <summary>
/// The files of one attempt at a task: a fresh folder, which the container sees at the place of its outputs below
/// <c>/gcs</c>. The one place where it is decided how a container gets at <c>/gcs</c>.
/// </summary>
internal sealed class AttemptFolder
{
    private static readonly EnumerationOptions All = new() { AttributesToSkip = default };
    private readonly VertexOptions _options;
    private readonly TaskRequest _request;
    private readonly string _folder;

    public AttemptFolder(VertexOptions options, TaskRequest request)
    {
        (_options, _request) = (options, request);
        var run = Path.Combine(request.Parent, request.Run.JobId);
        _folder = Path.Combine(options.StateFolder, "work", run, $"{request.SafeName}_{request.Task.Id}-{request.Attempt}");
        LogPath = Path.Combine(options.StateFolder, "logs", run, $"{request.SafeName}_{request.Task.Id}-{request.Attempt}.log");
    }

    /// <summary>Everything that the container printed.</summary>
    public string LogPath { get; }

    /// <summary>What the container writes at <c>/gcs/BUCKET/…/TASK</c>.</summary>
    public string Outputs => Path.Combine(_folder, "outputs");

    private string RecordPath => Path.Combine(_folder, "outcome.json");

    private (string Bucket, string Folder) Place
    {
        get
        {
            var path = _request.OutputUri["gs://".Length..];
            var slash = path.IndexOf('/', StringComparison.Ordinal);
            return (path[..slash], path[(slash + 1)..]);
        }
    }

    private string StoredFolder => Path.Combine(_options.StorageFolder, Place.Bucket, Place.Folder);

    /// <summary>Empties and makes the folder.</summary>
    public void Prepare()
    {
        Remove();
        Directory.CreateDirectory(Outputs);
        if (!OperatingSystem.IsWindows())
        {
            // The image's user, whoever that is, must be able to write.
            File.SetUnixFileMode(Outputs, (UnixFileMode)0b111_111_111);
        }

        // The place in the read-only mount on which the writable one is put must be there.
        Directory.CreateDirectory(StoredFolder);
    }

    /// <summary>
    /// Where the engine sees this machine's files: all of Storage, read-only, and in it the attempt's own folder, writable.
    /// </summary>
    public ImmutableArray<ContainerMount> Mounts() =>
    [
        ContainerMount.Bind(_options.StorageFolder, "/gcs", readOnly: true),
        ContainerMount.Bind(Outputs, OutputsInContainer),
    ];

    /// <summary>Where it does not (a cloud that runs in a container itself, an engine elsewhere): input artifacts are copied in, and an empty folder for the outputs.</summary>
    public async Task SendAsync(ContainerEngine engine, string container, CancellationToken cancel)
    {
        foreach (var path in _request.Inputs.Artifacts.Values.SelectMany(list => list).Select(artifact => LocalPath.Of(artifact.Uri)).Where(path => path.StartsWith("/gcs/", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal))
        {
            var stored = Path.Combine(_options.StorageFolder, path["/gcs/".Length..]);
            if (Path.Exists(stored))
            {
                await engine.Containers.CopyInAsync(container, stored, path.TrimEnd('/'), default, cancel);
            }
        }

        await engine.Containers.CopyInAsync(container, Outputs, OutputsInContainer, default, cancel);
    }

    /// <summary>The counterpart of <see cref="SendAsync"/>, once the container has ended.</summary>
    public Task FetchAsync(ContainerEngine engine, string container) => engine.Containers.CopyOutAsync(container, OutputsInContainer, Outputs, CancellationToken.None);

    private string OutputsInContainer => $"/gcs/{Place.Bucket}/{Place.Folder}";

    /// <summary>The record of an import that was begun, where every file of it is still to be found; else null.</summary>
    public AttemptRecord? Interrupted()
    {
        try
        {
            var record = JsonSerializer.Deserialize(File.ReadAllBytes(RecordPath), RunJson.Default.AttemptRecord);
            return record?.Files.All(file => File.Exists(Path.Combine(Outputs, file)) || File.Exists(Path.Combine(StoredFolder, file))) ?? false ? record : null;
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>What of the outputs Storage cannot keep: links, pipes, sockets. Paths below the folder of the outputs.</summary>
    public IEnumerable<string> LeftOut() => Entries(new DirectoryInfo(Outputs)).Where(file => !IsKept(file)).Select(Relative).Order(StringComparer.Ordinal);

    /// <summary>Writes down what the attempt has given.</summary>
    public AttemptRecord Record(Outcome outcome)
    {
        var record = new AttemptRecord(outcome, [.. Entries(new DirectoryInfo(Outputs)).Where(IsKept).Select(Relative).Order(StringComparer.Ordinal)]);
        if (!record.Files.IsEmpty)
        {
            AtomicFile.Write(RecordPath, JsonSerializer.SerializeToUtf8Bytes(record, RunJson.Default.AttemptRecord));
        }

        return record;
    }

    // Links to folders are entries, and not followed.
    private static IEnumerable<FileSystemInfo> Entries(DirectoryInfo folder) => folder.EnumerateFileSystemInfos("*", All)
        .SelectMany(entry => entry is DirectoryInfo { LinkTarget: null } below ? Entries(below) : [entry]);

    private static bool IsKept(FileSystemInfo entry) => entry is FileInfo { LinkTarget: null } file && RegularFile.Is(file);

    private string Relative(FileSystemInfo entry) => Path.GetRelativePath(Outputs, entry.FullName);

    /// <summary>Makes the files objects of Storage.</summary>
    public async Task ImportAsync(AttemptRecord record, CancellationToken cancel)
    {
        foreach (var file in record.Files)
        {
            var path = Path.Combine(Outputs, file);
            if (File.Exists(path))
            {
                await _options.ImportAsync(Place.Bucket, $"{Place.Folder}/{file.Replace(Path.DirectorySeparatorChar, '/')}", path, cancel);
            }
        }
    }

    /// <summary>Removes what is left; files of another user that cannot be removed stay.</summary>
    public void Remove()
    {
        try
        {
            if (Directory.Exists(_folder))
            {
                Directory.Delete(_folder, recursive: true);
            }

            // The mount's place, where nothing was imported into it.
            if (Directory.Exists(StoredFolder) && !Directory.EnumerateFileSystemEntries(StoredFolder).Any())
            {
                Directory.Delete(StoredFolder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Prepare reports what matters: that the next attempt has no empty folder.
        }
    }
}
