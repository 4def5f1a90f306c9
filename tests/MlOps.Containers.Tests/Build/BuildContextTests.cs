using MlOps.Containers.Build;
using MlOps.Testing;

namespace MlOps.Containers.Tests.Build;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class BuildContextTests
{
    [Fact]
    public void Files_come_sorted_without_what_is_ignored_and_with_what_is_taken_back()
    {
        using var folder = new TemporaryFolder();
        foreach (var path in (string[])["b.cs", "a.cs", "bin/x.dll", "docs/a.md", "docs/deep/keep.md", "docs/deep/no.md", ".hidden", "a/z.cs"])
        {
            folder.Write(path, path);
        }

        var files = BuildContext.Files(folder.Path, DockerIgnore.Parse("bin\ndocs\n!docs/deep/keep.md"));
        Assert.Equal([".hidden", "a.cs", "a/z.cs", "b.cs", "docs/deep/keep.md"], files.Select(file => file.Path));
    }

    [Fact]
    public void Links_stay_links_and_only_the_executable_bit_counts()
    {
        using var folder = new TemporaryFolder();
        folder.Write("folder/file", "x");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), "folder");
        File.SetUnixFileMode(folder.Write("run.sh", "x"), (UnixFileMode)0b111_000_000);
        Directory.CreateDirectory(Path.Combine(folder.Path, "empty"));

        var files = BuildContext.Files(folder.Path, DockerIgnore.None);
        Assert.Equal([("folder/file", null, false), ("link", "folder", false), ("run.sh", null, true)], files.Select(file => (file.Path, file.LinkTarget, file.IsExecutable)));
    }

    [Fact]
    public async Task Two_checkouts_give_the_same_bytes()
    {
        using var one = new TemporaryFolder();
        using var two = new TemporaryFolder();
        foreach (var (folder, mode) in new[] { (one, (UnixFileMode)0b110_100_100), (two, (UnixFileMode)0b110_110_000) })
        {
            File.SetUnixFileMode(folder.Write("dir/name with ä " + new string('n', 120), "content"), mode);
            folder.Write("x", "y");
        }

        File.SetLastWriteTimeUtc(Path.Combine(two.Path, "x"), DateTime.UnixEpoch);
        Assert.Equal(await TarAsync(one.Path), await TarAsync(two.Path));
    }

    private static async Task<byte[]> TarAsync(string folder)
    {
        using var tar = new MemoryStream();
        await ContextTar.WriteAsync(tar, BuildContext.Files(folder, DockerIgnore.None), ("Dockerfile", "FROM scratch"u8.ToArray()), TestContext.Current.CancellationToken);
        return tar.ToArray();
    }
}
