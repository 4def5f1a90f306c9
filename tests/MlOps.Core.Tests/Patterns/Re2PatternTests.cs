using System.Text.Json.Nodes;
using CsCheck;
using MlOps.Core.Patterns;

namespace MlOps.Core.Tests.Patterns;

public sealed class Re2PatternTests
{
    /// <summary>Random patterns and texts with the answers of Go 1.19's <c>regexp</c>, its words included.</summary>
    [Fact]
    public void Patterns_mean_what_they_mean_to_Go()
    {
        var misses = GoCases.Read("regexp.jsonl").Select(given => given.Miss((pattern, text) => Re2Pattern.Parse(pattern).IsMatch(text), compareWords: true)).OfType<string>().ToArray();

        Assert.True(misses.Length == 0, string.Join('\n', misses));
    }

    [Theory]
    [InlineData("main", "main-2", true)]
    [InlineData("^main$", "main\n", false)]
    [InlineData("(?P<n>(?:a)b)", "ab", true)]
    [InlineData("\\bproduction\\b", "üproduction", true)]
    [InlineData("(?i)k", "\u212A", true)]
    [InlineData("(?i)ß", "ẞ", true)]
    [InlineData("^.$", "😀", true)]
    [InlineData("^[^a]$", "😀", true)]
    [InlineData("(?m)^b$", "a\nb", true)]
    [InlineData("^(a|b|)$", "", true)]
    [InlineData("^\\p{Greek}+$", "αβγ", true)]
    [InlineData("^x{1000}$", "x", false)]
    public void A_pattern_matches_anywhere_unless_it_is_anchored(string pattern, string text, bool matches) => Assert.Equal(matches, Re2Pattern.Parse(pattern).IsMatch(text));

    [Theory]
    [InlineData("^(?!main)", "no look-around")]
    [InlineData("(?<=a)b", "no look-around")]
    [InlineData("(a)\\1", "no back-references")]
    [InlineData("*", "'.*'")]
    [InlineData("main\\Z", "\\z or $")]
    public void What_other_engines_take_is_refused_with_what_to_write(string pattern, string said) =>
        Assert.Contains(said, Assert.Throws<Re2SyntaxException>(() => Re2Pattern.Parse(pattern)).Hint);

    [Fact]
    public void Matching_takes_no_longer_than_the_text_is_long()
    {
        var pattern = Re2Pattern.Parse("^(a?){200}(a*)*(a|a)*b$");

        Assert.False(pattern.IsMatch(new string('a', 2_000)));
    }

    [Fact]
    public void Whatever_is_written_is_read_or_refused() => Gen.Char["ab(){}[]*+?|^$\\.,-1Qpn:i<>P"].Array[0, 25].Sample(letters =>
    {
        try
        {
            Re2Pattern.Parse(new string(letters)).IsMatch("ab-1\n");
        }
        catch (Re2SyntaxException error)
        {
            Assert.StartsWith("error parsing regexp: ", error.Message);
        }
    });

    [Fact]
    public void Deep_nesting_is_refused() => Assert.Throws<Re2SyntaxException>(() => Re2Pattern.Parse(new string('(', 5_000) + new string(')', 5_000)));
}

/// <summary>A pattern, a text and what Go says.</summary>
internal sealed record GoCase(string Pattern, string Text, string? Error, bool Matches)
{
    public string? Miss(Func<string, string, bool> match, bool compareWords)
    {
        string? fault = null;
        var matches = false;
        try
        {
            matches = match(Pattern, Text);
        }
        catch (Exception error) when (error is Re2SyntaxException or GlobSyntaxException)
        {
            fault = error.Message;
        }

        return (fault is null) == (Error is null) && matches == Matches && (!compareWords || fault == Error) ? null : $"'{Pattern}' on '{Text}': Go says {Error ?? Matches.ToString()}, we {fault ?? matches.ToString()}";
    }
}

internal static class GoCases
{
    public static IEnumerable<GoCase> Read(string name) =>
        File.ReadLines(Path.Combine(MlOps.Testing.Shared.Checkout(), "tests", "MlOps.Core.Tests", "Patterns", "Go", name)).Select(line => JsonNode.Parse(line)!).Select(node =>
            new GoCase(node["pattern"]!.GetValue<string>(), node["text"]!.GetValue<string>(), node["error"]?.GetValue<string>(), node["match"]!.GetValue<bool>()));
}
