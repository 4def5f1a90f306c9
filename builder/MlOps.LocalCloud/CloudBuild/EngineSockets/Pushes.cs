using MlOps.Core.Images;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary><c>docker push</c> of Google's names: to the local registry.</summary>
internal static class Pushes
{
    public static Task AnswerAsync(Exchange exchange, string name, CancellationToken cancel) =>
        Pulls.Image(name, exchange.Call["tag"]) is { IsPinned: false } image && exchange.Behind.Transport.Names.LocalPath(image) is not null
            ? PushAsync(exchange, image, cancel)
            : exchange.ForwardAsync(cancel);

    private static async Task PushAsync(Exchange exchange, ImageReference image, CancellationToken cancel)
    {
        await exchange.ReadBodyAsync(cancel);
        var tags = await TagsAsync(exchange.Behind, image, cancel);
        if (tags.Count == 0)
        {
            await exchange.RefuseAsync(404, image.Tag is null ? $"An image does not exist locally with the tag: {image.Name}" : $"tag does not exist: {image}", cancel);
            return;
        }

        await exchange.StreamAsync(
            async (client, gone) =>
            {
                foreach (var tag in tags)
                {
                    string? failure = null;
                    await exchange.Behind.Transport.PassAsync(
                        exchange.Behind.Engine,
                        tag,
                        async passing =>
                        {
                            failure = await exchange.Behind.HandOnAsync(exchange.Call, $"/images/{passing.Name}/push?tag={Uri.EscapeDataString(passing.Tag!)}", auth: null, client, gone);
                            return failure is null;
                        },
                        gone);
                    if (failure is not null)
                    {
                        await client.FailAsync(failure, gone);
                        return;
                    }
                }
            },
            cancel);
    }

    /// <summary>The tag if the engine has it; without one every tag of the image (<c>docker push --all-tags</c>).</summary>
    private static async Task<IReadOnlyList<ImageReference>> TagsAsync(EngineBehind behind, ImageReference image, CancellationToken cancel) =>
        image.Tag is not null
            ? await behind.Engine.Images.ExistsAsync(image.ToString(), cancel) ? [image] : []
            : await behind.Engine.Images.TagsAsync(image.Name, cancel);
}
