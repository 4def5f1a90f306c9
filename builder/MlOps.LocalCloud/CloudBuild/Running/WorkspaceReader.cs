using System.Collections.Immutable;
using MlOps.Containers.Running;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>Copies files out of a build's workspace, after the steps: through a container that is made for it and never started.</summary>
internal sealed class WorkspaceReader(BuildSite site)
{
    private string? _container;

    /// <param name="path">Relative to the workspace; empty for all of it.</param>
    /// <param name="target">Of this machine: what the file or folder becomes.</param>
    /// <returns>False where there is nothing.</returns>
    public async Task<bool> ReadAsync(string path, string target, CancellationToken cancel)
    {
        _container ??= await CreateAsync(cancel);
        return await site.Engine.Containers.CopyOutAsync(_container, $"{BuildPlace.Workspace}/{path}".TrimEnd('/'), target, cancel);
    }

    // Any image will do; the first step's is there. It goes with all else that has the build's label.
    private async Task<string> CreateAsync(CancellationToken cancel)
    {
        var image = await site.Images.Steps.FindAsync(site.Engine, site.Spec.Build.Steps[0].Name, _ => { }, cancel);
        var spec = new ContainerSpec(image.Name) { Command = ImmutableArray.Create("true"), Mounts = [site.Place.MountWorkspace()], Labels = site.Place.Labels, KeepsLog = false };
        return await site.Engine.Containers.CreateAsync(spec, cancel);
    }
}
