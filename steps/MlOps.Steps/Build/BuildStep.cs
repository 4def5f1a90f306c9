using System.Collections.Immutable;
using MlOps.Containers;
using MlOps.Core.Graph;
using MlOps.Core.Problems;

namespace MlOps.Steps.Build;

/// <summary>
/// Builds the images whose inputs have none in the environment's registry yet. The others are found there by the fingerprint of their
/// inputs, by any worker, and nothing of them is pulled.
/// </summary>
public static class BuildStep
{
    public static async Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel)
    {
        var source = context.Workspace.Read(Records.Source);
        var images = await BuildPlanner.ImagesAsync(context, Task.FromResult(source), cancel);
        var plan = BuildPlan.Of(context.Project, source, images.ToDictionary(image => image.Name, StringComparer.Ordinal));
        foreach (var row in plan.Rows.Where(row => row.Action == BuildAction.Found))
        {
            context.Log.Line("build", row.Component, $"found: sha256:{row.Digest!.Value.Short}…, {row.Why}");
        }

        var built = plan.ToBuild == 0 ? [.. images.Select(image => Found(image, plan))] : await BuildAsync(context, images, plan, cancel);
        context.Workspace.Write(Records.Build, new BuiltImages(source.Commit, built));
        return plan.ToBuild > 0 ? StepResult.Done($"{Quantity.Of(plan.ToBuild, "image")} built, {plan.Found} found in the registry")
            : plan.Found > 0 ? StepResult.Unchanged($"{Quantity.Of(plan.Found, "image")} found in the registry, none to build")
            : StepResult.Unchanged("no image to build");
    }

    internal static BuiltImage Found(PlannedImage image, BuildPlan plan) => new(
        image.Name, image.Image, image.Fingerprint, Found: true, image.Found, ImageId: null, Materials(image), Seconds: 0, plan.Rows.First(row => row.Component == image.Name).Why);

    private static async Task<ImmutableArray<BuiltImage>> BuildAsync(DeliveryContext context, ImmutableArray<PlannedImage> images, BuildPlan plan, CancellationToken cancel)
    {
        await using var engine = await ContainerEngine.ConnectAsync(cancel);
        using var builds = new ImageBuilds(context, engine, images, plan);
        return await builds.RunAsync(cancel);
    }

    private static ImmutableSortedDictionary<string, string> Materials(PlannedImage image) =>
        image.Bases.Where(one => one.Digest is not null).ToImmutableSortedDictionary(one => one.Name, one => one.Digest!.Value.ToString(), StringComparer.Ordinal);
}
