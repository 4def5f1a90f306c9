namespace MlOps.Core.Patterns;

/// <summary>
/// A regular expression of RE2, as Go's <c>regexp</c> takes it (github.com/google/re2/wiki/Syntax): what Go cannot compile is
/// refused with Go's words, and letters, cases and word edges are Go's, which no option of .NET's own engine has (docs/decisions).
/// Matching takes time in proportion to the text, whatever the pattern.
/// </summary>
public sealed class Re2Pattern
{
    private readonly Re2Program _program;

    private Re2Pattern(string text, Re2Program program) => (Text, _program) = (text, program);

    public string Text { get; }

    /// <exception cref="Re2SyntaxException">Go cannot compile it.</exception>
    public static Re2Pattern Parse(string text) => new(text, Re2Program.Of(new Re2Parser(text).Parse()));

    /// <summary>Whether it matches anywhere in the text (Go's <c>MatchString</c>): a pattern is unanchored unless it says <c>^</c> and <c>$</c>.</summary>
    public bool IsMatch(string text) => _program.IsMatch(text);

    public override string ToString() => Text;
}

/// <summary>A text that is not a regular expression of RE2; the message is Go's.</summary>
public sealed class Re2SyntaxException(string what, string where) : Exception($"error parsing regexp: {what}: `{where}`")
{
    /// <summary>What to write instead, where what is not understood is known from other engines; else empty.</summary>
    public string Hint { get; } = where switch
    {
        _ when where.StartsWith("(?=", StringComparison.Ordinal) || where.StartsWith("(?!", StringComparison.Ordinal) || what.Contains("Perl syntax", StringComparison.Ordinal) && where == "(?<"
            => "RE2 has no look-around: match the branches that you want, or set invertRegex. A named group is (?P<name>…).",
        _ when where is ['\\', >= '1' and <= '9', ..] => "RE2 has no back-references.",
        "\\Z" => "The end of the text is \\z or $.",
        _ when what.StartsWith("missing argument", StringComparison.Ordinal) && where == "*" => "This looks like a glob; as a regular expression it is '.*'.",
        _ => "",
    };
}
