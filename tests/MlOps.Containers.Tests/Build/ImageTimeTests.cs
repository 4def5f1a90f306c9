using System.Collections.Immutable;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using MlOps.Containers.Build;
using MlOps.Testing;

namespace MlOps.Containers.Tests.Build;

/// <summary>What docs/verbs/build.md says of reproducible images, against the engine of this machine.</summary>
public sealed class ImageTimeTests
{
    private const string Ours = "318211200";

    // Docker 24 has BuildKit 0.11, the first that takes SOURCE_DATE_EPOCH for an image's own times.
    private const int FirstThatHonoursIt = 24;

    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("FROM x\n", true, Ours)]
    [InlineData("FROM x\n", false, null)]
    [InlineData("FROM x\nARG SOURCE_DATE_EPOCH\n", true, Ours)]
    [InlineData("FROM x\nARG SOURCE_DATE_EPOCH\n", false, Ours)]
    [InlineData("ARG SOURCE_DATE_EPOCH=1\nFROM x\nARG SOURCE_DATE_EPOCH\n", true, null)]
    [InlineData("FROM x\nARG SOURCE_DATE_EPOCH=1\n", false, null)]
    [InlineData("FRUM x\nARG\n", true, Ours)]
    public void The_time_is_added_unless_the_Dockerfile_has_its_own_or_the_builder_would_warn(string dockerfile, bool buildKit, string? expected)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(dockerfile);
        Assert.Equal(expected, ImageTime.AddTo(None, text, buildKit).GetValueOrDefault(ImageTime.Argument));
        Assert.Equal("7", ImageTime.AddTo(None.Add(ImageTime.Argument, "7"), text, buildKit)[ImageTime.Argument]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RUN_sees_the_time_where_it_is_declared_and_no_builder_warns_where_it_is_not(bool buildKit)
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        using var builder = new ImageBuilder(engine.Address, buildKit);
        var declared = await BuildAsync(builder, $"FROM {TestEngine.Busybox}\nARG SOURCE_DATE_EPOCH\nRUN echo \"time=$SOURCE_DATE_EPOCH\"\n");
        var not = await BuildAsync(builder, $"FROM {TestEngine.Busybox}\nRUN echo \"time=$SOURCE_DATE_EPOCH.\"\n");
        await RemoveAsync(engine, declared, not);

        Assert.Contains(declared.Log, line => line.EndsWith("time=" + Ours, StringComparison.Ordinal));
        Assert.Contains(not.Log, line => line.EndsWith("time=.", StringComparison.Ordinal));
        Assert.DoesNotContain(not.Log, line => line.Contains("not consumed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("FROM busybox:1.36\nCOPY image/ /\nWORKDIR /app\nENTRYPOINT [\"/app/run.sh\"]\n")]
    [InlineData("FROM busybox:1.36 AS files\nARG SOURCE_DATE_EPOCH\nCOPY image/ /image/\nRUN date +%Y > /dev/null && mkdir /image/etc-of-mine && ln -s run.sh /image/app/link && find /image -exec touch -h -d @$SOURCE_DATE_EPOCH {} +\nFROM busybox:1.36\nCOPY --from=files /image/ /\nWORKDIR /app\n")]
    public async Task Layers_whose_every_entry_comes_with_its_own_time_are_the_same_when_built_again(string dockerfile)
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        Assert.SkipUnless(engine.Version.HasBuildKit, "The engine has no BuildKit.");
        using var builder = new ImageBuilder(engine.Address, buildKit: true);
        var one = await BuildAsync(builder, dockerfile);
        var two = await BuildAsync(builder, dockerfile);
        var (first, second) = (await SavedImage.OfAsync(engine, one.ImageId), await SavedImage.OfAsync(engine, two.ImageId));
        await RemoveAsync(engine, one, two);

        Assert.Equal(first.Layers, second.Layers);
        var added = first.Added(await SavedImage.OfAsync(engine, TestEngine.Busybox));
        Assert.Contains("app/run.sh", added.Select(entry => entry.Name));
        Assert.All(added, entry => Assert.Equal(ImageTime.Value, entry.Time));

        // The config's times are the builder's own: only a BuildKit that honours the argument gives the same image.
        var honours = int.Parse(engine.Version.Engine.Split('.')[0], CultureInfo.InvariantCulture) >= FirstThatHonoursIt;
        Assert.Equal(honours, one.ImageId == two.ImageId);
        Assert.Equal(honours, first.Created == ImageTime.Value);
    }

    [Fact]
    public async Task A_folder_that_COPY_writes_into_and_what_RUN_writes_have_the_time_of_the_build()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        Assert.SkipUnless(engine.Version.HasBuildKit, "The engine has no BuildKit.");
        using var builder = new ImageBuilder(engine.Address, buildKit: true);
        var start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        var built = await BuildAsync(builder, "FROM busybox:1.36\nWORKDIR /work\nCOPY image/app .\nRUN echo x > /written\n");
        var added = (await SavedImage.OfAsync(engine, built.ImageId)).Added(await SavedImage.OfAsync(engine, TestEngine.Busybox));
        await RemoveAsync(engine, built);

        Assert.Equal(ImageTime.Value, added.Single(entry => entry.Name == "work/run.sh").Time);
        Assert.True(added.Last(entry => entry.Name == "work").Time >= start);
        Assert.True(added.Single(entry => entry.Name == "written").Time >= start);
    }

    private static async Task<ImageBuildResult> BuildAsync(ImageBuilder builder, string dockerfile)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("Dockerfile", dockerfile);
        folder.Write("image/app/run.sh", "echo hi");
        folder.Write("image/app/sub/data", "x");
        return await builder.BuildAsync(new ImageBuild(folder.Path, file) { NoCache = true }, null, Cancel);
    }

    private static async Task RemoveAsync(ContainerEngine engine, params ImageBuildResult[] images)
    {
        foreach (var image in images)
        {
            await engine.Images.RemoveAsync(image.ImageId, Cancel);
        }
    }

    /// <summary>An image as the engine saves it.</summary>
    /// <param name="Layers">Diff ids.</param>
    private sealed record SavedImage(DateTimeOffset Created, ImmutableArray<string> Layers, ImmutableArray<ImmutableArray<(string Name, DateTimeOffset Time)>> Entries)
    {
        /// <summary>The entries of all layers above those of the base.</summary>
        public ImmutableArray<(string Name, DateTimeOffset Time)> Added(SavedImage below)
        {
            Assert.Equal(below.Layers, Layers.Take(below.Layers.Length));
            return [.. Entries.Skip(below.Layers.Length).SelectMany(layer => layer)];
        }

        public static async Task<SavedImage> OfAsync(ContainerEngine engine, string image)
        {
            var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            await using var saved = await engine.Client.Images.SaveImageAsync(image, Cancel);
            await using var steady = PipeReader.Create(saved).AsStream();
            await using var tar = new TarReader(steady);
            while (await tar.GetNextEntryAsync(copyData: false, Cancel) is { } entry)
            {
                using var bytes = new MemoryStream();
                await (entry.DataStream ?? Stream.Null).CopyToAsync(bytes, Cancel);
                files[entry.Name] = entry.EntryType is TarEntryType.SymbolicLink ? files[Path.GetFullPath("/" + Path.GetDirectoryName(entry.Name) + "/" + entry.LinkName)[1..]] : bytes.ToArray();
            }

            using var manifest = JsonDocument.Parse(files["manifest.json"]);
            using var config = JsonDocument.Parse(files[manifest.RootElement[0].GetProperty("Config").GetString()!]);
            return new SavedImage(
                config.RootElement.GetProperty("created").GetDateTimeOffset(),
                [.. config.RootElement.GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray().Select(layer => layer.GetString()!)],
                [.. manifest.RootElement[0].GetProperty("Layers").EnumerateArray().Select(layer => EntriesOf(files[layer.GetString()!]))]);
        }

        private static ImmutableArray<(string Name, DateTimeOffset Time)> EntriesOf(byte[] layer)
        {
            using var tar = new TarReader(new MemoryStream(layer));
            var entries = ImmutableArray.CreateBuilder<(string, DateTimeOffset)>();
            while (tar.GetNextEntry() is { } entry)
            {
                entries.Add((entry.Name.TrimEnd('/'), entry.ModificationTime));
            }

            return entries.ToImmutable();
        }
    }
}
