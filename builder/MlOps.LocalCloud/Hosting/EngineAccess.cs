using MlOps.Containers;
using MlOps.LocalCloud.Vertex;

namespace MlOps.LocalCloud.Hosting;

/// <summary>The engine, what its containers are given, and how many cores it has; each is asked for at its first use, and again after a failure.</summary>
/// <param name="sharesFiles">The engine is expected to see this machine's files.</param>
internal sealed class EngineAccess(
    Func<CancellationToken, Task<ContainerEngine>> connectAsync,
    Func<ContainerEngine, CancellationToken, Task<ContainerSurroundings>> surroundingsAsync,
    bool sharesFiles = true) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private ContainerEngine? _engine;
    private ContainerSurroundings? _surroundings;
    private long? _cores;

    public async Task<(ContainerEngine Engine, ContainerSurroundings Surroundings)> GetAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            _engine ??= await connectAsync(cancel);
            _surroundings ??= await surroundingsAsync(_engine, cancel);
            return (_engine, _surroundings);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The engine sees this machine's files; found out when it first refuses to mount one.</summary>
    public bool SharesFiles { get; set; } = sharesFiles;

    /// <summary>The engine refuses limits beyond what it has.</summary>
    public async Task<long> CoresAsync(ContainerEngine engine, CancellationToken cancel) =>
        _cores ??= (await engine.Client.System.GetSystemInfoAsync(cancel)).NCPU;

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        _gate.Dispose();
    }
}
