using System.Net.Sockets;
using MlOps.Steps.Submit;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Submit;

public sealed class SourceArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_same_files_give_the_same_bytes_in_whatever_order_they_were_made()
    {
        var one = Tree("one", ["a", "b/c", "b/d"]);
        var two = Tree("two", ["b/d", "b/c", "a"]);
        Assert.Equal(await ArchiveAsync(one), await ArchiveAsync(two));
    }

    [Fact]
    public async Task Tar_unpacks_it_with_modes_links_times_and_long_names()
    {
        var longName = string.Join('/', Enumerable.Repeat(new string('n', 60), 4)) + "/é.txt";
        var tree = Tree("tree", ["run.sh", longName]);
        File.SetUnixFileMode(Path.Combine(tree, "run.sh"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(Path.Combine(tree, "link"), "run.sh");
        File.WriteAllBytes(Path.Combine(_folder.Path, "s.tgz"), await ArchiveAsync(tree));
        var target = Directory.CreateDirectory(Path.Combine(_folder.Path, "out")).FullName;
        Gcloud.Run("tar", ["xzf", Path.Combine(_folder.Path, "s.tgz"), "-C", target], "");
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(Path.Combine(target, "run.sh")));
        Assert.Equal("run.sh", new FileInfo(Path.Combine(target, "link")).LinkTarget);
        Assert.Equal(longName, File.ReadAllText(Path.Combine(target, longName)));
        Assert.Equal(new DateTime(2021, 3, 4, 5, 6, 7, DateTimeKind.Utc), File.GetLastWriteTimeUtc(Path.Combine(target, longName)));
        Assert.StartsWith("-rwxr-xr-x root/root", Gcloud.Run("tar", ["tvzf", Path.Combine(_folder.Path, "s.tgz")], "").Split('\n').Single(line => line.StartsWith('-') && line.EndsWith(" run.sh", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipes_and_sockets_are_left_out_and_empty_files_are_not()
    {
        var tree = Tree("special", ["full"]);
        File.WriteAllText(Path.Combine(tree, "empty"), "");
        Gcloud.Run("mkfifo", [Path.Combine(tree, "pipe")], "");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(tree, "socket")));
        Assert.Equal(["empty", "full"], SourceListing.Of(tree, IgnoreRules.Of(tree)).Entries.Select(entry => entry.Path));
        Assert.NotEmpty(await ArchiveAsync(tree));
    }

    private async Task<byte[]> ArchiveAsync(string tree)
    {
        var target = Path.Combine(_folder.Path, Guid.NewGuid() + ".tgz");
        await SourceArchive.WriteAsync(SourceListing.Of(tree, IgnoreRules.Of(tree)), target, Cancel);
        return await File.ReadAllBytesAsync(target, Cancel);
    }

    private string Tree(string name, string[] files)
    {
        foreach (var file in files)
        {
            _folder.Write($"{name}/{file}", file);
        }

        var folder = Path.Combine(_folder.Path, name);
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(path, new DateTime(2021, 3, 4, 5, 6, 7, DateTimeKind.Utc));
        }

        return folder;
    }
}
