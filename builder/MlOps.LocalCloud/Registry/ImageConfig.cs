using System.Text.Json;
using MlOps.Google.Registry;
using MlOps.LocalCloud.ArtifactRegistry;

namespace MlOps.LocalCloud.Registry;

/// <summary>What an image's configuration tells: when it was made.</summary>
internal sealed class ImageConfig(DistributionRegistry registry)
{
    private const long Largest = 4 * 1024 * 1024;

    /// <summary>Milliseconds since 1970; null where it does not say.</summary>
    public async Task<long?> CreatedAsync(PackageName package, Descriptor config, CancellationToken cancel)
    {
        if (!config.MediaType.EndsWith("image.config.v1+json", StringComparison.Ordinal) && !config.MediaType.EndsWith("container.image.v1+json", StringComparison.Ordinal))
        {
            return null;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(await registry.AddressAsync(cancel), $"/v2/{RegistryPath.Of(package)}/blobs/{config.Digest}"));
        using var response = await registry.Client.SendAsync(request, cancel);
        return response.IsSuccessStatusCode && config.Size <= Largest ? Created(await response.Content.ReadAsByteArrayAsync(cancel)) : null;
    }

    private static long? Created(byte[] config)
    {
        try
        {
            using var document = JsonDocument.Parse(config);
            return document.RootElement.TryGetProperty("created", out var created) && created.TryGetDateTimeOffset(out var time) ? time.ToUnixTimeMilliseconds() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
