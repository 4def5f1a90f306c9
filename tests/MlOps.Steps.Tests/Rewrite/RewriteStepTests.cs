using System.Diagnostics;
using System.Globalization;
using MlOps.Core.Graph;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Rewrite;

namespace MlOps.Steps.Tests.Rewrite;

public sealed class RewriteStepTests
{
    private const string Train = "components/train/component.yaml";
    private static readonly Digest Pushed = Digest.Of("pushed");

    [Fact]
    public async Task Copies_are_pinned_and_the_working_tree_is_left_alone()
    {
        using var lab = Lab("train");
        var before = Read(lab, Train);
        await RunAsync(lab);
        Assert.Equal(before, Read(lab, Train));

        var copy = Read(lab, ".mlops/" + Train);
        Assert.Equal(before.Replace("train:latest  # mine", $"{lab.Images}/train@{Pushed}  # mine  # tag: {lab.Workspace.Read(Records.Source).ImageTag}", StringComparison.Ordinal), copy);
        var record = lab.Workspace.Read(Records.Rewrite).Components.Single();
        Assert.Equal((".mlops/" + Train, $"{lab.Images}/train@{Pushed}", Digest.Of(copy)), (record.File, record.Image?.ToString(), record.Sha256));
    }

    [Fact]
    public async Task In_place_the_working_tree_is_pinned_too_and_a_second_run_changes_nothing()
    {
        using var lab = Lab("train");
        lab.Options = lab.Options with { InPlace = true };
        Assert.False((await RunAsync(lab)).Skipped);
        Assert.Contains(Pushed.ToString(), Read(lab, Train), StringComparison.Ordinal);
        Assert.True((await RunAsync(lab)).Skipped);
    }

    [Fact]
    public async Task Components_that_are_not_built_are_copied_as_they_are_and_those_of_other_commits_are_removed()
    {
        using var lab = Lab("train");
        const string Text = "name: external\r\nimplementation: {container: {image: 'busybox'}}";
        lab.Write("components/external/component.yaml", Text);
        lab.Write(".mlops/components/gone/component.yaml", "x");
        await RunAsync(lab);
        Assert.Equal(Text, Read(lab, ".mlops/components/external/component.yaml"));
        Assert.Null(lab.Workspace.Read(Records.Rewrite).Components.Single(one => one.Component == "external").Image);
        Assert.False(Directory.Exists(Path.Combine(lab.Root, ".mlops/components/gone")));
    }

    [Fact]
    public async Task Every_file_that_cannot_be_rewritten_is_named_and_none_is_written()
    {
        using var lab = Lab("good", "bad", "worse");
        lab.Write("components/bad/component.yaml", "name: bad\n");
        lab.Write("components/worse/component.yaml", "name: [\n");
        var problems = (await Assert.ThrowsAsync<InvalidInputException>(() => RunAsync(lab))).Problems;
        Assert.Equal(["bad", "worse"], problems.Select(problem => Path.GetFileName(Path.GetDirectoryName(problem.File)!)).Distinct(StringComparer.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(lab.Root, ".mlops/components")));
    }

    [Fact]
    public async Task An_image_that_was_not_pushed_says_what_to_run()
    {
        using var lab = Lab("train");
        lab.Component("new", "FROM busybox\n");
        var problem = Assert.Single((await Assert.ThrowsAsync<InvalidInputException>(() => RunAsync(lab))).Problems);
        Assert.Contains("mlops push", problem.Message, StringComparison.Ordinal);
    }

    /// <summary>The bound is wide, for a busy machine; bench/ has the figure.</summary>
    [Fact]
    public async Task A_thousand_files_are_rewritten_at_once()
    {
        using var lab = Lab([.. Enumerable.Range(0, 1000).Select(number => string.Create(CultureInfo.InvariantCulture, $"component-{number}"))]);
        var context = lab.Context;
        var watch = Stopwatch.StartNew();
        await RewriteStep.RunAsync(context, TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage($"1,000 component files rewritten in {watch.ElapsedMilliseconds} ms");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), watch.Elapsed.ToString());
    }

    private static string Read(DeliveryLab lab, string path) => File.ReadAllText(Path.Combine(lab.Root, path));

    private static Task<StepResult> RunAsync(DeliveryLab lab) => RewriteStep.RunAsync(lab.Context, TestContext.Current.CancellationToken);

    private static DeliveryLab Lab(params string[] components)
    {
        var lab = DeliveryLab.OfFiles();
        foreach (var name in components)
        {
            lab.Component(name, "FROM busybox\n");
        }

        var source = lab.Commit();
        lab.Workspace.Write(Records.Push, new PushedImages(source.Commit, [.. components.Select(name => new PushedImage(name, ImageReference.Parse($"{lab.Images}/{name}").WithTag(source.ImageTag), Pushed, 1))]));
        return lab;
    }
}
