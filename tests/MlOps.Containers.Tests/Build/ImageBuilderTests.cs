using System.Collections.Immutable;
using System.Diagnostics;
using MlOps.Containers.Build;
using MlOps.Core.Problems;
using MlOps.Testing;

namespace MlOps.Containers.Tests.Build;

/// <summary>Against the engine of this machine, with both of its builders.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ImageBuilderTests
{
    private const string Base = "busybox:1.36";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_folder_becomes_an_image_with_its_arguments_target_tags_and_files(bool buildKit)
    {
        await using var engine = await EngineAsync(buildKit);
        using var folder = new TemporaryFolder();
        folder.Write("Dockerfile", $"FROM {Base} AS one\nARG GREETING\nCOPY . /in/\nRUN echo \"$GREETING\" > /greeting && find /in -type f | sort && stat -c '%n %a %u %Y' /in/run.sh\nFROM one AS test\nRUN echo never-run && false\n");
        folder.Write(".dockerignore", "ignored\n.dockerignore\n");
        folder.Write("ignored/file", "x");
        File.SetUnixFileMode(folder.Write("run.sh", "echo hi"), (UnixFileMode)0b111_000_000);
        folder.Write("ünï côdé/file", "x");
        var tag = Tag();
        try
        {
            using var builder = new ImageBuilder(engine.Address, buildKit);
            var build = new ImageBuild(folder.Path, Path.Combine(folder.Path, "Dockerfile"))
            {
                Target = "one",
                Tags = [tag],
                Arguments = ImmutableSortedDictionary<string, string>.Empty.Add("GREETING", "good & day"),
                NoCache = true,
            };
            var heard = new List<string>();
            var result = await builder.BuildAsync(build, heard.Add, Cancel);

            Assert.Equal(heard, result.Log);
            var image = await engine.Images.InspectAsync(tag, Cancel);
            Assert.Equal((result.ImageId, "amd64"), (image?.ID, image?.Architecture));
            Assert.Equal((await engine.Images.InspectAsync(Base, Cancel))?.Config?.Labels, image?.Config?.Labels);
            var log = string.Join('\n', result.Log);
            Assert.Contains("/in/ünï côdé/file", log, StringComparison.Ordinal);
            Assert.Contains("/in/run.sh 755 0 318211200", log, StringComparison.Ordinal);
            Assert.DoesNotContain("ignored/file", log, StringComparison.Ordinal);
            Assert.DoesNotContain("never-run", log, StringComparison.Ordinal);
        }
        finally
        {
            await engine.Images.RemoveAsync(tag, CancellationToken.None);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failing_build_ends_with_the_failing_instructions_own_last_lines(bool buildKit)
    {
        await using var engine = await EngineAsync(buildKit);
        using var folder = new TemporaryFolder();
        var file = folder.Write("Dockerfile", $"FROM {Base}\nRUN echo early\nRUN seq 1 50 >&2; echo this is why >&2; exit 7\n");
        using var builder = new ImageBuilder(engine.Address, buildKit);

        var failed = await Assert.ThrowsAsync<StepFailedException>(() => builder.BuildAsync(new ImageBuild(folder.Path, file) { NoCache = true }, null, Cancel));
        Assert.Contains(file, failed.Message, StringComparison.Ordinal);
        Assert.Contains('7', failed.Message);
        Assert.Contains("this is why", failed.Tail);
        Assert.Contains("45", failed.Tail);
        Assert.DoesNotContain("1", failed.Tail);
        Assert.InRange(failed.Tail.Length, 5, 22);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_Dockerfile_that_makes_no_sense_is_named(bool buildKit)
    {
        await using var engine = await EngineAsync(buildKit);
        using var folder = new TemporaryFolder();
        var file = folder.Write("Dockerfile", $"FROM {Base}\nRUNN echo\n");
        using var builder = new ImageBuilder(engine.Address, buildKit);

        var failed = await Assert.ThrowsAnyAsync<Exception>(() => builder.BuildAsync(new ImageBuild(folder.Path, file), null, Cancel));
        Assert.True(failed is StepFailedException or InvalidInputException, failed.ToString());
        Assert.Contains("RUNN", failed.Message, StringComparison.Ordinal);
        Assert.Contains(file, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_syntax_line_whose_frontend_cannot_be_fetched_does_not_stop_the_build()
    {
        await using var engine = await EngineAsync(buildKit: true);
        using var folder = new TemporaryFolder();
        var file = folder.Write("Dockerfile", $"# syntax=docker/dockerfile:1\nFROM {Base}\nRUN --mount=type=cache,target=/c echo built-here\n");
        using var builder = new ImageBuilder(engine.Address, buildKit: true);

        var result = await builder.BuildAsync(new ImageBuild(folder.Path, file) { NoCache = true }, null, Cancel);
        Assert.Contains(result.Log, line => line.EndsWith(" built-here", StringComparison.Ordinal));
        await engine.Images.RemoveAsync(result.ImageId, Cancel);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelling_stops_the_build_at_once(bool buildKit)
    {
        await using var engine = await EngineAsync(buildKit);
        using var folder = new TemporaryFolder();
        var file = folder.Write("Dockerfile", $"FROM {Base}\nRUN echo started && sleep 300\n");
        using var builder = new ImageBuilder(engine.Address, buildKit);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var watch = Stopwatch.StartNew();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => builder.BuildAsync(new ImageBuild(folder.Path, file) { NoCache = true }, line =>
        {
            if (line.EndsWith("started", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        }, stop.Token));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), watch.Elapsed.ToString());
    }

    [Fact]
    public async Task A_Dockerfile_may_lie_outside_of_its_context_and_contexts_may_be_large()
    {
        await using var engine = await EngineAsync(buildKit: true);
        using var folder = new TemporaryFolder();
        var file = folder.Write("docker/train.Dockerfile", $"FROM {Base}\nCOPY . /in\nRUN wc -c /in/large\n");
        folder.Write("train/large", new string('x', 32 * 1024 * 1024));
        using var builder = new ImageBuilder(engine.Address, buildKit: true);

        var result = await builder.BuildAsync(new ImageBuild(Path.Combine(folder.Path, "train"), file) { NoCache = true }, null, Cancel);
        Assert.Contains(result.Log, line => line.Contains("33554432 /in/large", StringComparison.Ordinal));
        await engine.Images.RemoveAsync(result.ImageId, Cancel);
    }

    [Fact]
    public async Task A_file_that_vanishes_or_cannot_be_read_is_named()
    {
        using var folder = new TemporaryFolder();
        var missing = new ContextFile("gone", Path.Combine(folder.Path, "gone"), null, false);
        var problem = Assert.Single((await Assert.ThrowsAsync<InvalidInputException>(() => ContextTar.WriteAsync(Stream.Null, [missing], ("Dockerfile", default), Cancel))).Problems);
        Assert.Equal(missing.FullPath, problem.File);
    }

    [Fact]
    public async Task A_network_of_the_engine_goes_to_the_classic_builder_and_says_so()
    {
        await using var engine = await EngineAsync(buildKit: true);
        using var folder = new TemporaryFolder();
        var file = folder.Write("Dockerfile", $"FROM {Base}\nRUN echo hi\n");
        using var builder = new ImageBuilder(engine.Address, buildKit: true);

        var result = await builder.BuildAsync(new ImageBuild(folder.Path, file) { Network = "bridge", NoCache = true }, null, Cancel);
        Assert.StartsWith("The classic builder is used", result.Log[0], StringComparison.Ordinal);
        await engine.Images.RemoveAsync(result.ImageId, Cancel);
    }

    [Fact]
    public async Task A_secret_reaches_the_instruction_that_asks_for_it_and_neither_the_image_nor_the_log()
    {
        await using var engine = await EngineAsync(buildKit: true);
        using var folder = new TemporaryFolder();
        var file = folder.Write("Dockerfile", $"FROM {Base}\nRUN --mount=type=secret,id=token,required cat /run/secrets/token && sleep 6 && wc -c < /run/secrets/token > /length\nRUN cat /length; test ! -e /run/secrets/token\n");
        using var builder = new ImageBuilder(engine.Address, buildKit: true);
        var build = new ImageBuild(folder.Path, file) { NoCache = true, Secrets = ImmutableSortedDictionary<string, ImmutableArray<byte>>.Empty.Add("token", [.. "pässword-of-mine"u8]) };

        var result = await builder.BuildAsync(build, null, Cancel);
        Assert.Contains(result.Log, line => line.EndsWith(" 17", StringComparison.Ordinal));
        Assert.Contains(result.Log, line => line.EndsWith(" ***", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Log, line => line.Contains("pässword", StringComparison.Ordinal));
        var history = await engine.Client.Images.GetImageHistoryAsync(result.ImageId, Cancel);
        Assert.DoesNotContain(history, one => one.CreatedBy.Contains("pässword", StringComparison.Ordinal));
        await engine.Images.RemoveAsync(result.ImageId, Cancel);
    }

    [Fact]
    public async Task A_secret_that_is_not_given_fails_the_instruction_that_requires_it()
    {
        await using var engine = await EngineAsync(buildKit: true);
        using var folder = new TemporaryFolder();
        var file = folder.Write("Dockerfile", $"FROM {Base}\nRUN --mount=type=secret,id=other,required echo hi\n");
        using var builder = new ImageBuilder(engine.Address, buildKit: true);
        var build = new ImageBuild(folder.Path, file) { NoCache = true, Secrets = ImmutableSortedDictionary<string, ImmutableArray<byte>>.Empty.Add("token", [.. "x"u8]) };

        var failed = await Assert.ThrowsAsync<StepFailedException>(() => builder.BuildAsync(build, null, Cancel));
        Assert.Contains("other", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_for_the_classic_builder_are_refused()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("Dockerfile", $"FROM {Base}\n");
        using var builder = new ImageBuilder("unix:///nowhere", buildKit: false);
        var build = new ImageBuild(folder.Path, file) { Secrets = ImmutableSortedDictionary<string, ImmutableArray<byte>>.Empty.Add("token", [.. "x"u8]) };
        await Assert.ThrowsAsync<MachineLacksException>(() => builder.BuildAsync(build, null, Cancel));
    }

    private static string Tag() => $"mlops-test-steps2-{Guid.NewGuid():N}:x";

    /// <summary>Skips, saying so, without an engine that has the builder and the base image.</summary>
    private static async Task<ContainerEngine> EngineAsync(bool buildKit)
    {
        ContainerEngine engine;
        try
        {
            engine = await ContainerEngine.ConnectAsync(Cancel);
        }
        catch (MachineLacksException lacking)
        {
            Assert.Skip(lacking.Message);
            throw;
        }

        Assert.SkipUnless(engine.Version.HasBuildKit || !buildKit, "The engine has no BuildKit.");
        Assert.SkipUnless(await engine.Images.ExistsAsync(Base, Cancel), $"The engine has no {Base}: run make base-images.");
        return engine;
    }
}
