using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Testing;

namespace MlOps.Core.Tests.Files;

public sealed class FilesTests
{
    [Fact]
    public void A_file_is_replaced_whole_and_nothing_is_left_beside_it()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "deep", "er", "x.json");
        AtomicFile.Write(path, "one");
        AtomicFile.Write(path, "two");
        Assert.Equal("two", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_old_content()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x", "old");
        using var broken = new BrokenStream();
        await Assert.ThrowsAsync<IOException>(() => AtomicFile.WriteAsync(path, broken, TestContext.Current.CancellationToken));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("""{"b":1,"a":[true,null,"é"]}""", """{"a":[true,null,"é"],"b":1}""")]
    [InlineData("""{"B":{"z":{},"y":[]},"a":1}""", """{"B":{"y":[],"z":{}},"a":1}""")]
    public void Canonical_JSON_has_sorted_keys_and_no_space(string json, string expected) =>
        Assert.Equal(expected, CanonicalJson.Text(JsonNode.Parse(json)));

    private sealed class BrokenStream : MemoryStream
    {
        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => throw new IOException("the line went dead");
    }
}
