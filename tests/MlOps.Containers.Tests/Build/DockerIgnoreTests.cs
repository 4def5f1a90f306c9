using MlOps.Containers.Build;

namespace MlOps.Containers.Tests.Build;

/// <summary>The cases are those of Docker's documentation of .dockerignore and of moby/patternmatcher's own tests.</summary>
public sealed class DockerIgnoreTests
{
    [Theory]
    [InlineData("node_modules", "node_modules/a/b.js", true)]
    [InlineData("node_modules", "src/node_modules", false)]
    [InlineData("/dir/", "dir/file", true)]
    [InlineData("./dir//", "dir/file", true)]
    [InlineData("a/../dir", "dir", true)]
    [InlineData("*.md", "README.md", true)]
    [InlineData("*.md", "docs/README.md", false)]
    [InlineData("**/*.md", "README.md", true)]
    [InlineData("**/*.md", "docs/deep/README.md", true)]
    [InlineData("**", "any/thing", true)]
    [InlineData("**/", "any", true)]
    [InlineData("dir/**", "dir/file", true)]
    [InlineData("dir/**", "dir", false)]
    [InlineData("a/**/b", "a/b", true)]
    [InlineData("a/**/b", "a/x/y/b", true)]
    [InlineData("a/**/b", "a/xb", false)]
    [InlineData("*/temp*", "somedir/temporary.txt", true)]
    [InlineData("*/*/temp*", "somedir/subdir/temporary.txt", true)]
    [InlineData("temp?", "tempa", true)]
    [InlineData("temp?", "temp/", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[^a-c]x", "bx", false)]
    [InlineData("a[", "a[", true)]
    [InlineData("file.txt", "fileXtxt", false)]
    [InlineData("\\*.txt", "*.txt", true)]
    [InlineData("\\*.txt", "a.txt", false)]
    [InlineData("# comment", "# comment", false)]
    [InlineData("  spaced  ", "spaced", true)]
    [InlineData("", "a", false)]
    [InlineData("*.md\n!README.md", "README.md", false)]
    [InlineData("*.md\n!README.md", "OTHER.md", true)]
    [InlineData("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true)]
    [InlineData("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", false)]
    [InlineData("docs\n!docs/keep.md", "docs/keep.md", false)]
    [InlineData("docs\n!docs/keep.md", "docs/other.md", true)]
    [InlineData("*\n!src", "src/a/b", false)]
    [InlineData("*\r\n!src\r\n", "src/a/b", false)]
    [InlineData("\uFEFFsecret", "secret", true)]
    public void A_path_is_left_out_as_Docker_leaves_it_out(string rules, string path, bool ignored) =>
        Assert.Equal(ignored, DockerIgnore.Parse(rules).Ignores(path.TrimEnd('/')));

    [Fact]
    public void A_set_that_is_none_is_named_with_its_line()
    {
        var problem = Assert.Single(Assert.Throws<Core.Problems.InvalidInputException>(() => DockerIgnore.Parse("ok\n[z-a]", "/repo/.dockerignore")).Problems);
        Assert.Equal(("/repo/.dockerignore", 2), (problem.File, problem.Line));
        Assert.Contains("[z-a]", problem.Message, StringComparison.Ordinal);
    }
}
