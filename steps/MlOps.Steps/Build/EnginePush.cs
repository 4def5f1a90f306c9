using Docker.DotNet.Models;
using MlOps.Containers;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google;
using Polly;
using Polly.Retry;

namespace MlOps.Steps.Build;

/// <summary>Has the engine push an image, under the name by which it reaches the registry, and forget that name again.</summary>
internal static class EnginePush
{
    private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<StepFailedException>(IsPassing),
            MaxRetryAttempts = 3,
            Delay = TimeSpan.FromSeconds(1),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
        })
        .Build();

    private static readonly string[] Final = ["unauthorized", "denied", "name unknown", "name invalid", "immutable", "not found", "authentication required"];

    /// <param name="local">What the engine knows the image by; an id cannot be moved to another image by somebody else's build meanwhile.</param>
    /// <param name="image">Google's name, with a tag.</param>
    /// <returns>The digest that the registry answered.</returns>
    public static async Task<Digest> RunAsync(ContainerEngine engine, GcpEndpoint endpoint, string local, ImageReference image, IProgress<JSONMessage>? progress, CancellationToken cancel)
    {
        var name = EngineName.Of(endpoint, image);
        await engine.Images.TagAsync(local, name, cancel);
        try
        {
            var auth = await EngineAuth.ForAsync(endpoint, image.Host, cancel);
            return await Retry.ExecuteAsync(async token => await engine.Images.PushAsync(name, auth, progress, token), cancel);
        }
        catch (StepFailedException error)
        {
            throw new StepFailedException($"{image} was not pushed to {image.Host}: {error.Message}", error.Tail, error);
        }
        finally
        {
            if (name != image)
            {
                await engine.Images.RemoveAsync(name.ToString(), CancellationToken.None);
            }
        }
    }

    private static bool IsPassing(StepFailedException error) => !Final.Any(word => error.Message.Contains(word, StringComparison.OrdinalIgnoreCase));
}
