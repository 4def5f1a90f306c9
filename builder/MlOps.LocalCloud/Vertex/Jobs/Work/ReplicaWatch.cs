using Docker.DotNet;
using MlOps.Containers;
using MlOps.Containers.Running;
using MlOps.LocalCloud.Vertex.Jobs.Logs;
using MlOps.LocalCloud.Vertex.Running;

namespace MlOps.LocalCloud.Vertex.Jobs.Work;

/// <summary>A replica's container from its start to its end: its log, and how it ended.</summary>
internal sealed class ReplicaWatch : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private readonly ContainerEngine _engine;
    private readonly EntryFile _entries;
    private readonly CancellationToken _abandon;

    public ReplicaWatch(ContainerEngine engine, Replica replica, string container, string logPath, TimeProvider time, CancellationToken abandon)
    {
        (_engine, Replica, Container, _abandon) = (engine, replica, container, abandon);
        Log = new TaskLog(logPath);
        _entries = new EntryFile(Path.ChangeExtension(logPath, EntryFile.Extension), time);
        Ended = EndedAsync(LinesAsync());
    }

    public Replica Replica { get; }

    public string Container { get; }

    public TaskLog Log { get; }

    /// <summary>Its exit, once its log is complete.</summary>
    public Task<ContainerExit> Ended { get; }

    /// <summary>Stops it, if it runs still, and waits for its end.</summary>
    public async Task StopAsync()
    {
        if (!Ended.IsCompleted)
        {
            await _engine.Containers.StopAsync(Container, Grace, _abandon);
        }

        await Ended;
    }

    public void Dispose()
    {
        Log.Dispose();
        _entries.Dispose();
    }

    private async Task<ContainerExit> EndedAsync(Task lines)
    {
        var exit = await _engine.Containers.WaitAsync(Container, _abandon);
        await lines;
        return exit;
    }

    private void Add(LogLine line)
    {
        Log.Add(line);
        _entries.Add(line);
    }

    private async Task LinesAsync()
    {
        try
        {
            await _engine.Containers.FollowAsync(Container, Add, _abandon);
        }
        catch (DockerApiException)
        {
            // Somebody else removed the container; how it ended is told all the same.
        }
    }
}
