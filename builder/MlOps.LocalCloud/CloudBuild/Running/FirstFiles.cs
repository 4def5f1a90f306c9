using MlOps.Containers;
using MlOps.Containers.Running;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>
/// The source and the scripts, on their way into the build's volumes: through the first container that has them mounted,
/// before any step starts.
/// </summary>
/// <param name="folder">Of this machine; holds <see cref="WorkspaceFolder"/> and <see cref="ScriptsFolder"/>. Null where there is nothing to be placed.</param>
internal sealed class FirstFiles(ContainerEngine engine, string? folder) : IDisposable
{
    public const string WorkspaceFolder = "workspace", ScriptsFolder = "scripts";
    private readonly SemaphoreSlim _gate = new(1, 1);
    private bool _placed = folder is null;

    /// <param name="container">Not started; it has the workspace and the scripts mounted.</param>
    public async Task PlaceAsync(string container, CancellationToken cancel)
    {
        if (_placed)
        {
            return;
        }

        await _gate.WaitAsync(cancel);
        try
        {
            if (!_placed)
            {
                await engine.Containers.CopyInAsync(container, [.. Files(folder!)], cancel);
                _placed = true;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private static IEnumerable<CopyIn> Files(string folder) =>
        new[] { (Name: WorkspaceFolder, Target: BuildPlace.Workspace), (Name: ScriptsFolder, Target: BuildPlace.Scripts) }
            .Where(files => Directory.Exists(Path.Combine(folder, files.Name)))
            .Select(files => new CopyIn(Path.Combine(folder, files.Name), files.Target));
}
