using MlOps.Core.Images;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary>
/// <c>docker rmi</c>: an image's digest is known to the engine under the local registry's name. It goes with the last tag of
/// Google's name, as it would were both of one name; else the image would stay, or be refused as having two names.
/// </summary>
internal static class Removals
{
    public static async Task AnswerAsync(Exchange exchange, string name, CancellationToken cancel)
    {
        var behind = exchange.Behind;
        if (await behind.Engine.Images.InspectAsync(name, cancel) is { } found)
        {
            var tags = (found.RepoTags ?? []).Select(Parsed).OfType<ImageReference>().ToArray();
            foreach (var pinned in (found.RepoDigests ?? []).Where(pinned => behind.Transport.Names.ToGoogle(pinned) != pinned))
            {
                var image = Parsed(behind.Transport.Names.ToGoogle(pinned));
                if (tags.Any(tag => tag.Name == image?.Name) && tags.Count(tag => tag.Name == image?.Name) == 1 && Parsed(name) is var asked && (asked?.Name == image?.Name || tags.Length == 1))
                {
                    await behind.Engine.Images.RemoveAsync(pinned, cancel);
                }
            }
        }
        else if (Parsed(name) is { IsPinned: true } image && behind.Transport.Names.LocalPath(image) is not null)
        {
            await exchange.ForwardAsync(exchange.Call with { Path = "/images/" + behind.Transport.Names.ToEngine(image) }, cancel);
            return;
        }

        await exchange.ForwardAsync(cancel);
    }

    private static ImageReference? Parsed(string name) => ImageReference.TryParse(name, out var image) ? image : null;
}
