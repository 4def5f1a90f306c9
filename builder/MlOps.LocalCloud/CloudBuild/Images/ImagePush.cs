using MlOps.Containers;
using MlOps.Core.Images;

namespace MlOps.LocalCloud.CloudBuild.Images;

/// <summary>Pushes <c>images</c> after the steps.</summary>
internal sealed class ImagePush
{
    /// <summary>The names of <paramref name="images"/> that the engine does not have: none of them is pushed then.</summary>
    public Task<IReadOnlyList<string>> MissingAsync(ContainerEngine engine, IEnumerable<string> images, CancellationToken cancel) =>
        throw new NotSupportedException();

    /// <summary>Pushes one image to where its name says; names of Google's registries go to the local one.</summary>
    /// <exception cref="BuildFaultException">PUSH_FAILED or PUSH_NOT_AUTHORIZED.</exception>
    public Task<Digest> PushAsync(ContainerEngine engine, string name, Action<string> log, CancellationToken cancel) =>
        throw new NotSupportedException();
}
