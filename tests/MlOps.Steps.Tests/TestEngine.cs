using MlOps.Containers;
using MlOps.Core.Problems;

namespace MlOps.Steps.Tests;

/// <summary>Skips where no engine answers or an image is not there.</summary>
internal static class TestEngine
{
    public const string Busybox = "busybox:1.36";

    public static async Task RequireAsync(params string[] images)
    {
        var cancel = TestContext.Current.CancellationToken;
        try
        {
            await using var engine = await ContainerEngine.ConnectAsync(cancel);
            foreach (var image in images)
            {
                Assert.SkipUnless(await engine.Images.ExistsAsync(image, cancel), $"The engine has no image {image}; `make base-images` makes it.");
            }
        }
        catch (MachineLacksException error)
        {
            Assert.Skip(error.Message);
        }
    }
}
