using System.Collections.Immutable;
using MlOps.Core.Problems;

namespace MlOps.Containers.Tests;

/// <summary>The engine for tests: skips where none answers or where an image is not there.</summary>
internal static class TestEngine
{
    public const string Label = "mlops.test";
    public const string Busybox = "busybox:1.36";

    public static ImmutableDictionary<string, string> Labelled(string value) => ImmutableDictionary<string, string>.Empty.Add(Label, value);

    public static async Task<ContainerEngine> ConnectAsync(params string[] images)
    {
        ContainerEngine engine;
        try
        {
            engine = await ContainerEngine.ConnectAsync(TestContext.Current.CancellationToken);
        }
        catch (MachineLacksException error)
        {
            Assert.Skip(error.Message);
            throw;
        }

        foreach (var image in images)
        {
            Assert.SkipUnless(await engine.Images.ExistsAsync(image, TestContext.Current.CancellationToken), $"The engine has no image {image}; `make base-images` makes it.");
        }

        return engine;
    }
}
