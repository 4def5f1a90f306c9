using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Google.Cloud.CloudBuild.V1;
using MlOps.LocalCloud.CloudBuild;
using static Google.Cloud.CloudBuild.V1.Hash.Types;

namespace MlOps.LocalCloud.Tests.CloudBuild.Sources;

public sealed class StorageFetchTests : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private readonly SourceLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public async Task A_tarball_made_by_tar_is_unpacked_with_its_links_modes_and_times()
    {
        var tree = Tree();
        SourceLab.Run(tree, "tar", "czf", "../source.tgz", ".");
        var generation = await _lab.UploadAsync("p_cloudbuild", "source/1.tgz", Path.Combine(tree, "../source.tgz"));
        var provenance = await _lab.FetchAsync(Source("source/1.tgz"));
        AssertTree();
        Assert.Equal(generation, provenance!.ResolvedStorageSource.Generation);
        Assert.False(Directory.Exists(Path.Combine(_lab.Workspace, ".git")));
        Assert.Equal($"Fetching storage object: gs://p_cloudbuild/source/1.tgz#{generation}", _lab.Log[0]);
        Assert.Equal($"Copying gs://p_cloudbuild/source/1.tgz#{generation}...", _lab.Log[1]);
        Assert.StartsWith("Operation completed over 1 objects/", _lab.Log[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zip_made_by_zip_is_unpacked_with_its_links_and_modes()
    {
        var tree = Tree();
        SourceLab.Run(tree, "zip", "-qry", "../source.zip", ".");
        await _lab.UploadAsync("p_cloudbuild", "source/1.zip", Path.Combine(tree, "../source.zip"));
        await _lab.FetchAsync(Source("source/1.zip"));
        AssertTree();
    }

    [Fact]
    public async Task An_archive_is_known_by_its_content_not_its_name()
    {
        var tree = Tree();
        SourceLab.Run(tree, "zip", "-qry", "../source.zip", ".");
        await _lab.UploadAsync("p_cloudbuild", "source", Path.Combine(tree, "../source.zip"));
        await _lab.FetchAsync(Source("source"));
        AssertTree();
    }

    [Fact]
    public async Task The_generation_that_a_source_names_is_the_one_that_is_fetched_or_none()
    {
        var tree = Tree();
        SourceLab.Run(tree, "tar", "czf", "../source.tgz", ".");
        var first = await _lab.UploadAsync("p_cloudbuild", "s.tgz", Path.Combine(tree, "../source.tgz"));
        var source = Source("s.tgz");
        source.StorageSource.Generation = first;
        Assert.Equal(first, (await _lab.FetchAsync(source))!.ResolvedStorageSource.Generation);
        var second = await _lab.UploadAsync("p_cloudbuild", "s.tgz", Path.Combine(tree, "../source.tgz"));
        Assert.Contains($"has generation {second} now, not {first}", await _lab.FailureAsync(source), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hashes_that_a_build_asks_for_are_of_the_archive()
    {
        var tree = Tree();
        SourceLab.Run(tree, "tar", "czf", "../source.tgz", ".");
        var archive = Path.Combine(tree, "../source.tgz");
        var generation = await _lab.UploadAsync("p_cloudbuild", "s.tgz", archive);
        var build = new Build { Source = Source("s.tgz"), Options = new BuildOptions { SourceProvenanceHash = { HashType.Sha256, HashType.Md5, HashType.Sha512, HashType.None } } };
        var hashes = (await _lab.FetchAsync(build))!.FileHashes[$"gs://p_cloudbuild/s.tgz#{generation}"].FileHash;
        var bytes = File.ReadAllBytes(archive);
        Assert.Equal([HashType.Sha256, HashType.Md5, HashType.Sha512], hashes.Select(hash => hash.Type));
        Assert.Equal(SHA256.HashData(bytes), hashes[0].Value.ToByteArray());
        Assert.Equal(MD5.HashData(bytes), hashes[1].Value.ToByteArray());
        Assert.Equal(SHA512.HashData(bytes), hashes[2].Value.ToByteArray());
    }

    [Theory]
    [InlineData("../evil", TarEntryType.RegularFile)]
    [InlineData("/tmp/evil", TarEntryType.RegularFile)]
    [InlineData("a/../../evil", TarEntryType.RegularFile)]
    [InlineData("../evil", TarEntryType.SymbolicLink)]
    [InlineData("../evil/", TarEntryType.Directory)]
    public async Task An_entry_outside_of_the_archive_is_refused(string name, TarEntryType type)
    {
        var entry = new PaxTarEntry(type, name);
        if (type == TarEntryType.SymbolicLink)
        {
            entry.LinkName = "x";
        }

        await TarAsync(entry);
        Assert.Contains($"the entry '{name}' lies outside of the source", await _lab.FailureAsync(Source("s.tgz")), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_lab.Workspace, "../evil")));
    }

    [Fact]
    public async Task An_entry_does_not_go_through_a_link_that_leads_outside()
    {
        var outside = _lab.Folder("outside");
        await TarAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "door") { LinkName = outside }, Text("door/evil", "x"));
        Assert.Contains("goes through the link 'door', which leads outside of the archive", await _lab.FailureAsync(Source("s.tgz")), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public async Task A_file_replaces_a_link_of_its_name_and_leaves_what_that_pointed_to()
    {
        var victim = _lab.Write("victim", "mine");
        await TarAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "file") { LinkName = victim }, Text("file", "theirs"));
        await _lab.FetchAsync(Source("s.tgz"));
        Assert.Equal("mine", File.ReadAllText(victim));
        Assert.Equal("theirs", _lab.Read("file"));
    }

    [Fact]
    public async Task Hard_links_are_copies_and_only_of_what_is_in_the_archive()
    {
        await TarAsync(Text("a", "one"), new PaxTarEntry(TarEntryType.HardLink, "b") { LinkName = "a" });
        await _lab.FetchAsync(Source("s.tgz"));
        Assert.Equal("one", _lab.Read("b"));
        await TarAsync(new PaxTarEntry(TarEntryType.HardLink, "c") { LinkName = "/etc/passwd" });
        Assert.Contains("'/etc/passwd' lies outside of the source", await _lab.FailureAsync(Source("s.tgz")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_archive_is_named()
    {
        await _lab.UploadAsync("p_cloudbuild", "s.tgz", _lab.Write("plain", "hello"));
        Assert.Contains("gs://p_cloudbuild/s.tgz#", await _lab.FailureAsync(Source("s.tgz")), StringComparison.Ordinal);
        Assert.Contains("neither a gzipped tar (.tar.gz, .tgz) nor a zip archive", await _lab.FailureAsync(Source("s.tgz")), StringComparison.Ordinal);
        await _lab.UploadAsync("p_cloudbuild", "s.tgz", _lab.Write("empty", ""));
        Assert.Contains("it is empty", await _lab.FailureAsync(Source("s.tgz")), StringComparison.Ordinal);
        Assert.Contains("there is no object gs://p_cloudbuild/none.tgz", await _lab.FailureAsync(Source("none.tgz")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_that_is_cut_is_damaged_unless_nothing_is_missing()
    {
        var tree = Tree();
        var content = RandomNumberGenerator.GetBytes(3000);
        File.WriteAllBytes(Path.Combine(tree, "random"), content);
        SourceLab.Run(tree, "tar", "czf", "../source.tgz", ".");
        var bytes = File.ReadAllBytes(Path.Combine(tree, "../source.tgz"));
        var cut = Path.Combine(tree, "../cut.tgz");
        await Gen.Int[20, bytes.Length - 1].SampleAsync(
            async length =>
            {
                File.WriteAllBytes(cut, bytes[..length]);
                await _lab.UploadAsync("p_cloudbuild", "cut.tgz", cut);
                try
                {
                    await _lab.FetchAsync(Source("cut.tgz"));
                    AssertTree();
                    Assert.Equal(content, File.ReadAllBytes(Path.Combine(_lab.Workspace, "random")));
                }
                catch (BuildFaultException fault)
                {
                    Assert.Contains("is damaged or incomplete", fault.Message, StringComparison.Ordinal);
                }
            },
            iter: 100,
            threads: 1);
    }

    [Fact]
    public async Task A_manifest_gathers_files_from_their_objects()
    {
        var one = await _lab.UploadAsync("files", "aa", _lab.Write("one", "1"));
        await _lab.UploadAsync("files", "bb", _lab.Write("two", "2"));
        var sum = Convert.ToHexStringLower(SHA1.HashData("1"u8));
        var manifest = $$$"""{"src/one.py": {"sourceUrl": "gs://files/aa#{{{one}}}", "sha1sum": "{{{sum}}}", "mode": 33188}, "two": {"sourceUrl": "https://storage.googleapis.com/files/bb"}}""";
        var generation = await _lab.UploadAsync("files", "manifest.json", _lab.Write("manifest", manifest));
        var source = new Source { StorageSourceManifest = new StorageSourceManifest { Bucket = "files", Object = "manifest.json" } };
        var provenance = await _lab.FetchAsync(new Build { Source = source, Options = new BuildOptions { SourceProvenanceHash = { HashType.Md5 } } });
        Assert.Equal(("1", "2"), (_lab.Read("src/one.py"), _lab.Read("two")));
        Assert.Equal(generation, provenance!.ResolvedStorageSourceManifest.Generation);
        Assert.Equal(2, provenance.FileHashes.Count);
    }

    [Theory]
    [InlineData("""{"../x": {"sourceUrl": "gs://files/aa"}}""", "'../x' lies outside")]
    [InlineData("""{"x": {"sourceUrl": "ftp://files/aa"}}""", "the sourceUrl 'ftp://files/aa' of 'x'")]
    [InlineData("""{"x": {"sourceUrl": "gs://files/none"}}""", "there is no object gs://files/none")]
    [InlineData("""{"x": {"sourceUrl": "gs://files/aa", "sha1sum": "0123"}}""", "x SHA mismatch")]
    [InlineData("""[]""", "is no source manifest")]
    public async Task A_manifest_that_is_wrong_says_where(string manifest, string message)
    {
        await _lab.UploadAsync("files", "aa", _lab.Write("one", "1"));
        await _lab.UploadAsync("files", "m.json", _lab.Write("manifest", manifest));
        Assert.Contains(message, await _lab.FailureAsync(new Source { StorageSourceManifest = new StorageSourceManifest { Bucket = "files", Object = "m.json" } }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_without_source_or_with_an_empty_dependency_fetches_nothing()
    {
        Assert.Null(await _lab.FetchAsync(new Build()));
        Assert.Null(await _lab.FetchAsync(new Build { Source = Source("none.tgz"), Dependencies = { new Dependency { Empty = true } } }));
        Assert.Empty(_lab.Log);
    }

    private static Source Source(string name) => new() { StorageSource = new StorageSource { Bucket = "p_cloudbuild", Object = name } };

    private static PaxTarEntry Text(string name, string text) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };

    private async Task TarAsync(params PaxTarEntry[] entries)
    {
        var path = _lab.Write(Guid.NewGuid().ToString("N"), "");
        using (var file = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        using (var tar = new TarWriter(file, TarEntryFormat.Pax))
        {
            foreach (var entry in entries)
            {
                tar.WriteEntry(entry);
            }
        }

        await _lab.UploadAsync("p_cloudbuild", "s.tgz", path);
    }

    private string Tree()
    {
        var tree = _lab.Folder("tree");
        var run = _lab.Write("tree/bin/run.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(run, Executable);
        File.SetLastWriteTimeUtc(run, new DateTime(2021, 3, 4, 5, 6, 8, DateTimeKind.Utc));
        _lab.Write("tree/docs/größe öl.txt", "ü");
        Directory.CreateDirectory(Path.Combine(tree, "empty"));
        File.CreateSymbolicLink(Path.Combine(tree, "link"), "bin/run.sh");
        File.CreateSymbolicLink(Path.Combine(tree, "folder"), "docs");
        File.CreateSymbolicLink(Path.Combine(tree, "absolute"), "/etc/hostname");
        return tree;
    }

    private void AssertTree()
    {
        var run = Path.Combine(_lab.Workspace, "bin/run.sh");
        Assert.Equal(Executable, File.GetUnixFileMode(run));
        Assert.Equal(new DateTime(2021, 3, 4, 5, 6, 8, DateTimeKind.Utc), File.GetLastWriteTimeUtc(run));
        Assert.Equal("ü", _lab.Read("docs/größe öl.txt"));
        Assert.True(Directory.Exists(Path.Combine(_lab.Workspace, "empty")));
        Assert.Equal(("bin/run.sh", "docs", "/etc/hostname"), (Link("link"), Link("folder"), Link("absolute")));
    }

    private string? Link(string name) => new FileInfo(Path.Combine(_lab.Workspace, name)).LinkTarget;
}
