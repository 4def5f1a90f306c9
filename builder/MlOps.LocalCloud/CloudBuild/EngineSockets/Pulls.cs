using MlOps.Core.Images;
using MlOps.Core.Problems;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary><c>docker pull</c> of Google's names: from the local registry, and under Google's name afterwards.</summary>
internal static class Pulls
{
    public static Task AnswerAsync(Exchange exchange, string name, CancellationToken cancel)
    {
        var behind = exchange.Behind;
        return Image(name, exchange.Call["tag"]) is { } image && behind.Transport.Names.LocalPath(image) is not null
            ? PullAsync(exchange, image, cancel)
            : exchange.ForwardAsync(cancel);
    }

    /// <summary>The image that <c>fromImage</c> and <c>tag</c> (which may be a digest) name.</summary>
    internal static ImageReference? Image(string name, string? tag)
    {
        var whole = string.IsNullOrEmpty(tag) ? name : name + (Digest.TryParse(tag, out _) ? "@" : ":") + tag;
        return ImageReference.TryParse(whole, out var image) ? image : null;
    }

    private static async Task PullAsync(Exchange exchange, ImageReference image, CancellationToken cancel)
    {
        await exchange.ReadBodyAsync(cancel);
        var (behind, call) = (exchange.Behind, exchange.Call);
        if (behind.Transport.Local(image) is not { } digest)
        {
            await ElsewhereAsync(exchange, image, cancel);
            return;
        }

        await exchange.StreamAsync(
            async (client, gone) =>
            {
                var pinned = behind.Transport.Names.ToEngine(image.Pinned(digest));
                var failure = await behind.HandOnAsync(call, $"/images/create?fromImage={Uri.EscapeDataString(pinned.Name)}&tag={Uri.EscapeDataString(digest.ToString())}", auth: null, client, gone);
                if (failure is not null)
                {
                    await client.FailAsync(failure, gone);
                }
                else if (!image.IsPinned)
                {
                    await TagAsync(behind, pinned, image, gone);
                }
            },
            cancel);
    }

    private static Task TagAsync(EngineBehind behind, ImageReference pinned, ImageReference image, CancellationToken cancel) =>
        behind.Engine.Images.TagAsync(pinned.ToString(), image, cancel);

    /// <summary>The local registry does not have it; Google's may, for one public images.</summary>
    private static Task ElsewhereAsync(Exchange exchange, ImageReference image, CancellationToken cancel) => exchange.StreamAsync(
        async (client, gone) =>
        {
            var (behind, call) = (exchange.Behind, exchange.Call);
            var query = $"fromImage={Uri.EscapeDataString(image.Name)}&tag={Uri.EscapeDataString(image.Digest?.ToString() ?? image.Tag ?? "latest")}";
            if (await behind.HandOnAsync(call, $"/images/create?{query}", exchange.Request["X-Registry-Auth"], client, gone) is { } failure)
            {
                var tags = behind.Transport.Tags(image);
                var near = tags.Count == 0 ? "" : Suggestion.For(image.Tag ?? "latest", tags);
                await client.FailAsync($"{image} is not in the local registry{(near.Length == 0 ? "" : $" under this tag.{near}")}{(near.Length == 0 ? ", " : " ")}and cannot be pulled from {image.Host}: {failure}", gone);
            }
        },
        cancel);
}
