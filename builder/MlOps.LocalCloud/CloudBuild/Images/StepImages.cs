using System.Globalization;
using Docker.DotNet.Models;
using MlOps.Containers;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Registry;
using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;

namespace MlOps.LocalCloud.CloudBuild.Images;

/// <summary>An image of a step, on the engine.</summary>
/// <param name="Name">By which the engine makes containers of it.</param>
/// <param name="Digest">For <c>results.buildStepImages</c>: the registry's where known, else the engine's id.</param>
internal sealed record StepImage(string Name, string Digest);

/// <summary>
/// Finds the images of one build's steps. In this order: what this build has made on the engine; what the configuration
/// maps it to; what the local registry has under a name of Google's; what the engine has; what a registry answers; a stand-in.
/// </summary>
/// <param name="begun">When the build began: an image that was tagged since is taken for one of its own.</param>
internal sealed class StepImages(ImageTransport transport, ImageMapping mapping, DateTimeOffset begun)
{
    /// <param name="name">As the file has it: <c>gcr.io/cloud-builders/docker</c>, <c>us-central1-docker.pkg.dev/p/r/i:t</c>, <c>busybox</c>.</param>
    /// <param name="log">Told <c>Already have image: X</c>, <c>Already have image (with digest): X</c>, <c>Pulling image: X</c>, and what it was mapped to.</param>
    /// <exception cref="BuildFaultException">It cannot be had; the message names the image, why, and what to do.</exception>
    public async Task<StepImage> FindAsync(ContainerEngine engine, string name, Action<string> log, CancellationToken cancel)
    {
        var image = Parse(name);
        if (await ImageTransport.TaggedSinceAsync(engine, image, begun, cancel) is { } own)
        {
            log($"Already have image: {name}");
            return Found(image.ToString(), own, image);
        }

        if (mapping.Find(image) is not { } rule)
        {
            return await HaveOrPullAsync(engine, image, name, StandIns.For(image), log, cancel);
        }

        log($"Image {name} is mapped to {rule.Image} ({Place(rule.Spot)})");
        try
        {
            return await HaveOrPullAsync(engine, rule.Image, rule.Image.ToString(), standIn: null, log, cancel);
        }
        catch (BuildFaultException fault)
        {
            throw Fault($"image {name} is mapped to {rule.Image} in {Place(rule.Spot)}, which cannot be had: {fault.Message}", fault);
        }
    }

    private async Task<StepImage> HaveOrPullAsync(ContainerEngine engine, ImageReference image, string name, string? standIn, Action<string> log, CancellationToken cancel)
    {
        if (transport.Local(image) is { } digest)
        {
            return await LocalAsync(engine, image, digest, name, log, cancel);
        }

        if (await engine.Images.InspectAsync(image.ToString(), cancel) is { } found)
        {
            var known = RegistryDigest(found, image);
            log($"Already have image{(known is null ? "" : " (with digest)")}: {name}{Remark(found)}");
            return Found(image.ToString(), found, image);
        }

        log($"Pulling image: {name}");
        try
        {
            await engine.Images.PullAsync(image, auth: null, new PullLog(log), cancel);
        }
        catch (StepFailedException refusal)
        {
            return await StandInAsync(engine, name, standIn, refusal, log, cancel) ?? throw Fault(Words(image, name, standIn, refusal), refusal);
        }

        return Found(image.ToString(), await InspectAsync(engine, image.ToString(), cancel), image);
    }

    private async Task<StepImage> LocalAsync(ContainerEngine engine, ImageReference image, Digest digest, string name, Action<string> log, CancellationToken cancel)
    {
        var pinned = transport.Names.ToEngine(image.Pinned(digest)).ToString();
        var isThere = await engine.Images.ExistsAsync(pinned, cancel);
        log(isThere ? $"Already have image (with digest): {name}" : $"Pulling image: {name}");
        try
        {
            var brought = await transport.BringAsync(engine, image, digest, isThere ? null : new PullLog(line => log(transport.Names.ToGoogle(line))), cancel);
            return new StepImage(brought.ToString(), digest.ToString());
        }
        catch (StepFailedException refusal)
        {
            throw Fault($"image {name} is in the local registry ({digest}), and the engine cannot pull it: {refusal.Message}", refusal);
        }
    }

    private static async Task<StepImage?> StandInAsync(ContainerEngine engine, string name, string? standIn, StepFailedException refusal, Action<string> log, CancellationToken cancel)
    {
        if (standIn is null || await engine.Images.InspectAsync(standIn, cancel) is not { } found)
        {
            return null;
        }

        log($"Image {name} cannot be pulled ({Reason(refusal)}); mapped to its stand-in {standIn}");
        return new StepImage(standIn, found.ID);
    }

    private static async Task<ImageInspectResponse> InspectAsync(ContainerEngine engine, string name, CancellationToken cancel) =>
        await engine.Images.InspectAsync(name, cancel) ?? throw Fault($"the engine pulled {name} and does not have it: has it been removed by somebody else?");

    private StepImage Found(string engineName, ImageInspectResponse found, ImageReference image) => new(engineName, RegistryDigest(found, image) ?? found.ID);

    /// <summary>The digest that a registry gave the image under this name.</summary>
    private string? RegistryDigest(ImageInspectResponse found, ImageReference image) => (found.RepoDigests ?? [])
        .Select(pinned => ImageReference.TryParse(transport.Names.ToGoogle(pinned), out var reference) ? reference : null)
        .FirstOrDefault(pinned => pinned?.Name == image.Name)?.Digest?.ToString();

    private string Words(ImageReference image, string name, string? standIn, StepFailedException refusal)
    {
        var tags = transport.Tags(image);
        var near = tags.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" The local registry has it under other tags.{Suggestion.For(image.Tag ?? "latest", tags)}");
        var remedy = standIn is null
            ? $"Push or load it, or map it to an image that is here: `images: {{{image.Name}: IMAGE}}` in {CloudSettings.FileName}."
            : $"`make base-images` makes a stand-in for it; or map it to an image that is here: `images: {{{image.Name}: IMAGE}}` in {CloudSettings.FileName}.";
        return $"image {name} is neither on the engine nor in the local registry, and cannot be pulled: {Reason(refusal)}.{near} {remedy}";
    }

    private static string Remark(ImageInspectResponse found) =>
        found.Config?.Labels is { } labels && labels.TryGetValue(StandIns.Label, out var value) && value == "true" ? " (a stand-in, not the original)" : "";

    /// <summary>The engine's own words, without our name of the call before them.</summary>
    private static string Reason(StepFailedException refusal)
    {
        var message = refusal.Message;
        var begins = message.StartsWith("Cannot pull ", StringComparison.Ordinal) ? message.IndexOf(": ", StringComparison.Ordinal) : -1;
        return (begins < 0 ? message : message[(begins + 2)..]).TrimEnd('.');
    }

    private static ImageReference Parse(string name) => ImageReference.TryParse(name, out var image)
        ? image
        : throw Fault($"'{name}' is not an image's name: expected [HOST/]PATH[:TAG][@sha256:…], the path in lower case.");

    private static string Place(SourceSpot spot) => string.Create(CultureInfo.InvariantCulture, $"{spot.File}:{spot.Line}:{spot.Column}");

    private static BuildFaultException Fault(string message, Exception? inner = null) => new(FailureType.UserBuildStep, message, inner);
}
