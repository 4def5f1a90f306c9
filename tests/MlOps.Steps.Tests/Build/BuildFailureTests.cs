using MlOps.Core.Problems;

namespace MlOps.Steps.Tests.Build;

public sealed class BuildFailureTests
{
    [Fact]
    public async Task A_failing_build_names_its_component_shows_its_tail_keeps_its_log_and_stops_the_others()
    {
        await using var lab = await DeliveryLab.StartAsync();
        lab.Component("bad", $"FROM {DeliveryLab.BaseImage}\nRUN echo {Guid.NewGuid()}; echo the reason >&2; exit 3\n");
        lab.Component("slow", $"FROM {DeliveryLab.BaseImage}\nRUN echo {Guid.NewGuid()} && sleep 600\n");
        lab.Component("standing-on-bad", "ARG IMAGE_BAD\nFROM ${IMAGE_BAD}\n");
        lab.Options = lab.Options with { Parallelism = 4 };
        lab.Commit();

        var failed = await Assert.ThrowsAsync<StepFailedException>(lab.BuildAsync);
        Assert.Contains("image of bad", failed.Message, StringComparison.Ordinal);
        Assert.Contains("the reason", failed.Tail);
        Assert.Contains("the reason", await File.ReadAllTextAsync(lab.Workspace.PathOf("logs", "build-bad.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(File.Exists(lab.Workspace.PathOf("build.json")));
    }

    [Fact]
    public async Task A_base_image_that_nobody_has_is_named()
    {
        await using var lab = await DeliveryLab.StartAsync();
        lab.Component("train", "FROM mlops-test-nowhere.invalid/base:1\n");
        lab.Commit();
        var failed = await Assert.ThrowsAsync<StepFailedException>(lab.BuildAsync);
        Assert.Contains("mlops-test-nowhere.invalid/base:1", failed.Message, StringComparison.Ordinal);
    }
}
