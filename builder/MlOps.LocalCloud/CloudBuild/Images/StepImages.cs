using MlOps.Containers;

namespace MlOps.LocalCloud.CloudBuild.Images;

/// <summary>An image of a step, on the engine.</summary>
/// <param name="Name">By which the engine makes containers of it.</param>
/// <param name="Digest">For <c>results.buildStepImages</c>: the registry's where known, else the engine's id.</param>
internal sealed record StepImage(string Name, string Digest);

/// <summary>Finds the image of a build's step: on the engine, mapped to a local one, or pulled.</summary>
internal sealed class StepImages
{
    /// <param name="name">As the file has it: <c>gcr.io/cloud-builders/docker</c>, <c>us-central1-docker.pkg.dev/p/r/i:t</c>, <c>busybox</c>.</param>
    /// <param name="log">Told <c>Already have image: X</c>, <c>Already have image (with digest): X</c>, <c>Pulling image: X</c>, and what it was mapped to.</param>
    /// <exception cref="BuildFaultException">It cannot be had; the message names the image, why, and what to do.</exception>
    public Task<StepImage> FindAsync(ContainerEngine engine, string name, Action<string> log, CancellationToken cancel) =>
        throw new NotSupportedException();
}
