using CsCheck;
using MlOps.Core.Patterns;

namespace MlOps.Core.Tests.Patterns;

public sealed class PathGlobTests
{
    /// <summary>Random globs of one segment with the answers of Go 1.19's <c>path.Match</c>.</summary>
    [Fact]
    public void Segments_match_as_Gos_do()
    {
        var misses = GoCases.Read("glob.jsonl").Where(given => given.Pattern != "**")
            .Select(given => given.Miss((pattern, text) => PathGlob.Parse(pattern).IsMatch(text), compareWords: false)).OfType<string>().ToArray();

        Assert.True(misses.Length == 0, string.Join('\n', misses));
    }

    [Theory]
    [InlineData("src/*", "src/a.py", true)]
    [InlineData("src/*", "src/sub/a.py", false)]
    [InlineData("src/**", "src/sub/a.py", true)]
    [InlineData("src/**", "src", false)]
    [InlineData("**/*.md", "README.md", true)]
    [InlineData("a/**/z", "a/z", true)]
    [InlineData("a/**/b/**/c", "a/x/b/y/z/c", true)]
    [InlineData("**/test/**", "test", false)]
    [InlineData("**", "any/where", true)]
    [InlineData("{a,b}.txt", "b.txt", true)]
    [InlineData("{src,lib}/**/*.{py,go}", "lib/x/y.go", true)]
    [InlineData("a{b{c,d},e}", "abd", true)]
    [InlineData("{a}", "{a}", true)]
    [InlineData("[{]a,b}", "{a,b}", true)]
    [InlineData("\\*", "*", true)]
    public void A_glob_is_about_the_whole_path(string glob, string path, bool matches) => Assert.Equal(matches, PathGlob.Parse(glob).IsMatch(path));

    [Theory]
    [InlineData("src/[a")]
    [InlineData("a[/]b")]
    [InlineData("x\\")]
    [InlineData("a[x-]b")]
    [InlineData("src/**/[]")]
    public void What_Go_cannot_read_is_refused(string glob) => Assert.StartsWith($"syntax error in pattern {glob}", Assert.Throws<GlobSyntaxException>(() => PathGlob.Parse(glob)).Message);

    /// <summary>The rule itself, by brute force: <c>**</c> takes the place of every number of segments.</summary>
    [Fact]
    public void Double_stars_stand_for_any_number_of_segments()
    {
        var part = Gen.Int[0, 3].Select(index => new[] { "a", "b", "*", "**" }[index]);
        Gen.Select(part.Array[1, 5], Gen.Int[0, 2].Select(index => new[] { "a", "b", "c" }[index]).Array[1, 6]).Sample((pattern, path) =>
            Assert.Equal(Slowly(pattern, path), PathGlob.Parse(string.Join('/', pattern)).IsMatch(string.Join('/', path))));
    }

    private static bool Slowly(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern.IsEmpty)
        {
            return path.IsEmpty;
        }

        if (pattern[0] != "**")
        {
            return !path.IsEmpty && (pattern[0] == "*" || pattern[0] == path[0]) && Slowly(pattern[1..], path[1..]);
        }

        for (var taken = pattern.Length == 1 ? 1 : 0; taken <= path.Length; taken++)
        {
            if (Slowly(pattern[1..], path[taken..]))
            {
                return true;
            }
        }

        return false;
    }

    [Fact]
    public void Many_stars_take_no_time() => Assert.False(PathGlob.Parse(string.Concat(Enumerable.Repeat("**/*a*/", 40)) + "b").IsMatch(string.Join('/', Enumerable.Repeat("aaaaaaaa", 60))));
}
