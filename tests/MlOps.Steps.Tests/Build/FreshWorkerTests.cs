using MlOps.Steps.Build;

namespace MlOps.Steps.Tests.Build;

/// <summary>Every worker is thrown away after its build: what the next one must know is in the registry alone.</summary>
public sealed class FreshWorkerTests
{
    private static readonly string[] Five = ["evaluate", "ingest", "report", "train", "validate"];

    [Fact]
    public async Task A_commit_that_changes_one_of_five_components_finds_four_builds_one_and_tags_all_five()
    {
        await using var lab = await DeliveryLab.StartAsync();
        foreach (var name in Five)
        {
            lab.Component(name, $"FROM {DeliveryLab.BaseImage}\nCOPY main.sh /\n", ("main.sh", $"echo {name}"));
        }

        lab.Commit();
        var (_, first) = await lab.DeliverAsync();
        Assert.Equal(Five, first.Images.Select(image => image.Component));

        await lab.FreshWorkerAsync();
        lab.Write("components/train/main.sh", "echo better");
        var second = lab.Commit("components/train/main.sh", "README.md");
        var (built, pushed) = await lab.DeliverAsync();

        Assert.Equal(["train"], built.Images.Where(image => !image.Found).Select(image => image.Component));
        Assert.Equal("components/train/main.sh modified", built.Images.Single(image => !image.Found).Why);
        Assert.All(await lab.OnEngineAsync(), name => Assert.Contains("/train", name, StringComparison.Ordinal));
        foreach (var (before, after) in first.Images.Zip(pushed.Images))
        {
            Assert.Equal(after.Component != "train", before.Digest == after.Digest);
            var tagged = await lab.Registry.HeadManifestAsync(after.Image.WithTag(second.Commit), TestContext.Current.CancellationToken);
            Assert.Equal(after.Digest, tagged?.Digest);
        }
    }

    [Fact]
    public async Task A_second_run_of_the_same_commit_changes_nothing_and_says_so()
    {
        await using var lab = await DeliveryLab.StartAsync();
        lab.Component("train", $"FROM {DeliveryLab.BaseImage}\n");
        lab.Commit();
        await lab.DeliverAsync();

        var (built, buildResult) = await lab.BuildAsync();
        var (_, pushResult) = await lab.PushAsync();
        Assert.True(buildResult.Skipped && pushResult.Skipped, $"{buildResult.Summary}; {pushResult.Summary}");
        Assert.True(built.Images.Single().Found);
    }

    [Fact]
    public async Task An_image_based_on_another_component_is_built_after_it_and_rebuilt_when_it_changes()
    {
        await using var lab = await DeliveryLab.StartAsync();
        lab.Component("zz-base", $"FROM {DeliveryLab.BaseImage}\nCOPY lib /lib.txt\n", ("lib", "1"));
        lab.Component("derived", "ARG IMAGE_ZZ_BASE\nFROM ${IMAGE_ZZ_BASE}\nRUN cp /lib.txt /copy.txt\n");
        lab.Component("other", $"FROM {DeliveryLab.BaseImage}\nLABEL x=1\n");
        lab.Commit();
        var (_, first) = await lab.DeliverAsync();

        await lab.FreshWorkerAsync();
        lab.Write("components/zz-base/lib", "2");
        lab.Commit("components/zz-base/lib");
        var (built, second) = await lab.DeliverAsync();
        Assert.Equal(["derived", "zz-base"], built.Images.Where(image => !image.Found).Select(image => image.Component).Order(StringComparer.Ordinal));
        Assert.Contains("zz-base", built.Images.Single(image => image.Component == "derived").Why, StringComparison.Ordinal);
        Assert.Equal(["other"], first.Images.Intersect(second.Images.Select(image => image with { Image = first.Images.Single(one => one.Component == image.Component).Image })).Select(image => image.Component));
    }

    [Fact]
    public async Task A_base_found_in_the_registry_is_pulled_only_for_the_image_that_stands_on_it()
    {
        await using var lab = await DeliveryLab.StartAsync();
        lab.Component("base", $"FROM {DeliveryLab.BaseImage}\nRUN echo from-base > /base.txt\n");
        lab.Component("derived", "ARG IMAGE_BASE\nFROM ${IMAGE_BASE}\nCOPY main /main\n", ("main", "1"));
        lab.Component("unrelated", $"FROM {DeliveryLab.BaseImage}\nRUN echo x > /x\n");
        lab.Commit();
        await lab.DeliverAsync();

        await lab.FreshWorkerAsync();
        lab.Write("components/derived/main", "2");
        lab.Commit("components/derived/main");
        var (built, _) = await lab.DeliverAsync();
        var derived = built.Images.Single(image => !image.Found);
        Assert.Equal("derived", derived.Component);
        Assert.Equal(built.Images.Single(image => image.Component == "base").Digest.ToString(), derived.Materials[$"{lab.Images}/base"]);
        Assert.DoesNotContain(await lab.OnEngineAsync(), name => name.Contains("unrelated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_plan_says_which_component_is_built_and_by_which_file()
    {
        await using var lab = await DeliveryLab.StartAsync();
        lab.Component("train", $"FROM {DeliveryLab.BaseImage}\nCOPY . /\n", ("a.py", "1"), (".dockerignore", "docs\n"), ("docs/x.md", "1"));
        lab.Component("ingest", $"FROM {DeliveryLab.BaseImage}\n");
        lab.Write("components/external/component.yaml", "name: external\nimplementation: {container: {image: busybox}}\n");
        lab.Commit();
        await lab.DeliverAsync();

        lab.Write("components/train/a.py", "2");
        var source = lab.Commit("components/train/a.py", "components/train/docs/x.md", "components/ingest/../README.md");
        var plan = await BuildPlanner.PlanAsync(lab.Context, Task.FromResult(source), TestContext.Current.CancellationToken);
        Assert.Equal(
            [("external", BuildAction.None), ("ingest", BuildAction.Found), ("train", BuildAction.Build)],
            plan.Rows.Select(row => (row.Component, row.Action)));
        Assert.Equal("components/train/a.py modified", plan.Rows[2].Why);
    }
}
