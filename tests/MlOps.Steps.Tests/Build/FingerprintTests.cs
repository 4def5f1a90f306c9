using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Steps.Build;
using MlOps.Steps.Project;

namespace MlOps.Steps.Tests.Build;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class FingerprintTests
{
    private const string Train = "components/train/";

    [Fact]
    public void Everything_that_goes_into_the_image_changes_it()
    {
        using var repo = Repo();
        var seen = new HashSet<string>(StringComparer.Ordinal) { Of(repo) };
        void Changes(string what, Action change)
        {
            change();
            Assert.True(seen.Add(Of(repo)), what);
        }

        Changes("content", () => repo.Write(Train + "a.py", "2"));
        Changes("a new file", () => repo.Write(Train + "sub/b.py", "1"));
        Changes("a name", () => File.Move(Path.Combine(repo.Root, Train, "sub/b.py"), Path.Combine(repo.Root, Train, "sub/c.py")));
        Changes("the executable bit", () => File.SetUnixFileMode(Path.Combine(repo.Root, Train, "a.py"), (UnixFileMode)0b111_101_101));
        Changes("a link", () => File.CreateSymbolicLink(Path.Combine(repo.Root, Train, "link"), "a.py"));
        Changes("the link's target", () => { File.Delete(Path.Combine(repo.Root, Train, "link")); File.CreateSymbolicLink(Path.Combine(repo.Root, Train, "link"), "sub/c.py"); });
        Changes("the Dockerfile", () => repo.Write(Train + "Dockerfile", "ARG VERSION\nFROM busybox:1.36\nCOPY . /x\n"));
        Changes("an argument", () => repo.Settings = BuildSettings.None with { Args = BuildSettings.None.Args.Add("VERSION", "1") });
        Changes("its value", () => repo.Settings = BuildSettings.None with { Args = BuildSettings.None.Args.Add("VERSION", "2") });
        Changes("a time of one's own, declared or not", () => repo.Settings = BuildSettings.None with { Args = BuildSettings.None.Args.Add("VERSION", "2").Add("SOURCE_DATE_EPOCH", "0") });
        Changes("the interface in component.yaml", () => repo.Write(Train + "component.yaml", "name: train\ninputs: [{name: x}]\nimplementation: {container: {image: y}}\n"));
        Assert.True(seen.Add(Of(repo, identity: "sha256:other")), "the base image");
    }

    [Fact]
    public void What_does_not_go_into_the_image_does_not_change_it()
    {
        using var repo = Repo();
        repo.Write(Train + ".dockerignore", "*.md\nnotes\n.dockerignore\n");
        var before = Of(repo);
        repo.Write(Train + "README.md", "x");
        repo.Write(Train + "notes/x", "x");
        repo.Write("components/other/file", "x");
        File.SetLastWriteTimeUtc(Path.Combine(repo.Root, Train, "a.py"), DateTime.UnixEpoch);
        Directory.CreateDirectory(Path.Combine(repo.Root, Train, "empty"));
        repo.Settings = BuildSettings.None with { Args = BuildSettings.None.Args.Add("NOT_DECLARED", "1") };
        Assert.Equal(before, Of(repo));
    }

    [Theory]
    [InlineData("image: us-central1-docker.pkg.dev/p/r/train@sha256:0123  # tag: 4567")]
    [InlineData("image: \"quoted:1\"")]
    [InlineData("image:   'other'")]
    public void The_image_that_rewrite_puts_into_component_yaml_is_a_result_not_an_input(string image)
    {
        using var repo = Repo();
        repo.Write(Train + "component.yaml", "name: train\nimplementation:\n  container:\n    image: train\n    command: [image_size, x]\n");
        var before = Of(repo);
        repo.Write(Train + "component.yaml", $"name: train\nimplementation:\n  container:\n    {image}\n    command: [image_size, x]\n");
        Assert.Equal(before, Of(repo));
        repo.Write(Train + "component.yaml", $"name: train\nimplementation:\n  container:\n    {image}\n    command: [image_size, y]\n");
        Assert.NotEqual(before, Of(repo));
    }

    /// <summary>A change here makes every image of every user be built again: raise the format's version with it, and say so in the release notes.</summary>
    [Fact]
    public void The_format_stays_as_it_is()
    {
        using var repo = Repo();
        Assert.StartsWith("1b110afa790d4ad51c82ac89c5201545e21cd1d0be7150043a", Of(repo), StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_of_images_is_shown()
    {
        using var repo = DeliveryLab.OfFiles();
        repo.Component("a", "ARG IMAGE_B\nFROM ${IMAGE_B}\n");
        repo.Component("b", "ARG IMAGE_A\nFROM ${IMAGE_A}\n");
        var problem = Assert.Single(Assert.Throws<InvalidInputException>(() => BuildOrder.Of([.. Inputs(repo)])).Problems);
        Assert.Contains("a -> b -> a", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_is_wrong_with_all_Dockerfiles_comes_at_once()
    {
        using var repo = DeliveryLab.OfFiles();
        repo.Component("a", "FRM busybox\n");
        repo.Component("b", "ARG BASE\nFROM ${BASE}\n");
        repo.Component("c", "FROM busybox\n", (".dockerignore", "\n[z-a]\n"));
        var source = repo.Commit();
        var problems = (await Assert.ThrowsAsync<InvalidInputException>(() => BuildPlanner.PlanAsync(repo.Context, Task.FromResult(source), TestContext.Current.CancellationToken))).Problems;
        Assert.Contains(problems, problem => problem.Code == "unknown-instruction" && problem.File!.EndsWith("a/Dockerfile", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Code == "bad-from" && problem is { Line: 2 } && problem.File!.EndsWith("b/Dockerfile", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Code == "bad-pattern" && problem is { Line: 2 } && problem.File!.EndsWith("c/.dockerignore", StringComparison.Ordinal));
    }

    private static DeliveryLab Repo()
    {
        var repo = DeliveryLab.OfFiles();
        repo.Component("train", "ARG VERSION\nFROM busybox:1.36\nCOPY . /\n", ("a.py", "1"));
        return repo;
    }

    private static string Of(DeliveryLab repo, string identity = "busybox:1.36")
    {
        var inputs = Assert.Single(Inputs(repo), one => one.Component.Name == "train");
        return Fingerprint.Of(inputs, Fingerprint.OfContent(inputs), _ => identity, _ => "");
    }

    private static ImmutableArray<ComponentInputs> Inputs(DeliveryLab repo)
    {
        var problems = new List<Problem>();
        var project = repo.Project;
        var inputs = project.Components.Select(component => ComponentInputs.Read(project, component, problems)).OfType<ComponentInputs>().ToImmutableArray();
        Assert.Empty(problems);
        return inputs;
    }
}
