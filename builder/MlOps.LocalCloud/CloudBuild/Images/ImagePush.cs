using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.Containers;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Registry;
using PushSpan = Google.Cloud.CloudBuild.V1.TimeSpan;
using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;

namespace MlOps.LocalCloud.CloudBuild.Images;

/// <summary>Pushes <c>images</c> after the steps.</summary>
/// <param name="begun">When the build began: of an image without a tag, the tags given since are pushed.</param>
internal sealed class ImagePush(ImageTransport transport, TimeProvider time, DateTimeOffset begun)
{
    /// <summary>The names of <paramref name="images"/> that the engine does not have: none of them is pushed then.</summary>
    public async Task<IReadOnlyList<string>> MissingAsync(ContainerEngine engine, IEnumerable<string> images, CancellationToken cancel)
    {
        var missing = new List<string>();
        foreach (var name in images)
        {
            if (!ImageReference.TryParse(name, out var image) || (await TagsAsync(engine, image, cancel)).Count == 0)
            {
                missing.Add(name);
            }
        }

        return missing;
    }

    /// <summary>Pushes an image to where its name says, names of Google's registries to the local one; one without a tag under all tags that this build gave it.</summary>
    /// <returns>For <c>results.images</c>: one for each tag, and for <c>latest</c> one without the tag too where the file names none.</returns>
    /// <exception cref="BuildFaultException">PUSH_FAILED, PUSH_NOT_AUTHORIZED or PUSH_IMAGE_NOT_FOUND.</exception>
    public async Task<IReadOnlyList<BuiltImage>> PushAsync(ContainerEngine engine, string name, Action<string> log, CancellationToken cancel)
    {
        var image = ImageReference.TryParse(name, out var parsed) ? parsed : throw new BuildFaultException(FailureType.PushImageNotFound, $"'{name}' is not an image's name.");
        var tags = await TagsAsync(engine, image, cancel);
        if (tags.Count == 0)
        {
            throw new BuildFaultException(FailureType.PushImageNotFound, $"failed to find {name} after execution of build steps.");
        }

        log($"Pushing {name}");
        var pushed = new List<BuiltImage>();
        foreach (var tagged in tags)
        {
            var built = await PushOneAsync(engine, tagged, log, cancel);
            if (image.Tag is null && tagged.Tag == "latest")
            {
                pushed.Add(new BuiltImage(built) { Name = name });
            }

            pushed.Add(built);
        }

        return pushed;
    }

    private async Task<BuiltImage> PushOneAsync(ContainerEngine engine, ImageReference image, Action<string> log, CancellationToken cancel)
    {
        var start = time.GetUtcNow();
        try
        {
            var digest = await transport.PushAsync(engine, image.ToString(), image, new PullLog(line => log(transport.Names.ToGoogle(line))), cancel);
            return new BuiltImage
            {
                Name = image.ToString(),
                Digest = digest.ToString(),
                PushTiming = new PushSpan { StartTime = Timestamp.FromDateTimeOffset(start), EndTime = Timestamp.FromDateTimeOffset(time.GetUtcNow()) },
            };
        }
        catch (StepFailedException refusal)
        {
            var type = IsDenial(refusal.Message) ? FailureType.PushNotAuthorized : FailureType.PushFailed;
            throw new BuildFaultException(type, $"failed to push {image}: {transport.Names.ToGoogle(refusal.Message)}", refusal);
        }
    }

    /// <summary>The tags to push: the named one if the engine has it; without one those of this build, else <c>latest</c>.</summary>
    private async Task<IReadOnlyList<ImageReference>> TagsAsync(ContainerEngine engine, ImageReference image, CancellationToken cancel)
    {
        if (image.IsPinned)
        {
            return [];
        }

        if (image.Tag is not null)
        {
            return await engine.Images.ExistsAsync(image.ToString(), cancel) ? [image] : [];
        }

        var own = new List<ImageReference>();
        foreach (var tagged in await engine.Images.TagsAsync(image.Name, cancel))
        {
            if (tagged.Tag == "latest" || await ImageTransport.TaggedSinceAsync(engine, tagged, begun, cancel) is not null)
            {
                own.Add(tagged);
            }
        }

        return own;
    }

    private static bool IsDenial(string message) =>
        message.Contains("denied", StringComparison.OrdinalIgnoreCase) || message.Contains("unauthorized", StringComparison.OrdinalIgnoreCase) || message.Contains("no basic auth credentials", StringComparison.Ordinal);
}
