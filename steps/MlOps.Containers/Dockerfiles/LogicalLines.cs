using System.Text;
using System.Text.RegularExpressions;

namespace MlOps.Containers.Dockerfiles;

/// <summary>One instruction's text, with the place of its first character.</summary>
internal sealed record LogicalLine(string Text, int Line, int Column);

/// <summary>
/// Joins a Dockerfile's physical lines to instructions: continuations by the escape character, comment and empty lines within
/// them dropped, here-documents skipped, parser directives read (Dockerfile reference, "Format" and "Parser directives").
/// </summary>
internal sealed partial class LogicalLines
{
    private readonly string[] _lines;
    private readonly char _escape = '\\';
    private int _at;

    public LogicalLines(string text)
    {
        _lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        for (var index = 0; index < _lines.Length && Directive().Match(_lines[index]) is { Success: true } directive; index++)
        {
            switch (directive.Groups["name"].Value.ToLowerInvariant())
            {
                case "escape" when directive.Groups["value"].Value is ['`']:
                    _escape = '`';
                    break;
                case "syntax":
                    Syntax = directive.Groups["value"].Value;
                    break;
            }
        }
    }

    public string? Syntax { get; }

    /// <summary>A here-document without its end, if one was met: the place of its instruction and its word.</summary>
    public (int Line, string Word)? Unended { get; private set; }

    public IEnumerable<LogicalLine> Read()
    {
        while (_at < _lines.Length)
        {
            var line = _lines[_at];
            if (IsNothing(line))
            {
                _at++;
                continue;
            }

            var first = _at;
            var text = Joined();
            SkipHereDocuments(text, first + 1);
            yield return new LogicalLine(text, first + 1, line.Length - line.TrimStart().Length + 1);
        }
    }

    private string Joined()
    {
        var text = new StringBuilder();
        var continues = true;
        while (continues && _at < _lines.Length)
        {
            var line = _lines[_at++];
            if (text.Length > 0 && IsNothing(line))
            {
                continue;
            }

            var trimmed = line.TrimEnd(' ', '\t');
            continues = trimmed.Length > 0 && trimmed[^1] == _escape;
            text.Append(text.Length == 0 ? (continues ? trimmed[..^1] : line).TrimStart() : continues ? trimmed[..^1] : line);
        }

        return text.ToString().TrimEnd();
    }

    private void SkipHereDocuments(string text, int line)
    {
        if (!TakesHereDocument().IsMatch(text))
        {
            return;
        }

        foreach (var match in HereDocument().Matches(text).Cast<Match>())
        {
            var (word, tabs) = (match.Groups["word"].Value, match.Groups["tabs"].Success);
            while (_at < _lines.Length && (tabs ? _lines[_at].TrimStart('\t') : _lines[_at]) != word)
            {
                _at++;
            }

            if (_at++ >= _lines.Length)
            {
                Unended = (line, word);
                return;
            }
        }
    }

    private static bool IsNothing(string line)
    {
        var trimmed = line.AsSpan().TrimStart();
        return trimmed.IsEmpty || trimmed[0] == '#';
    }

    [GeneratedRegex(@"^#\s*(?<name>[A-Za-z][A-Za-z0-9]*)\s*=\s*(?<value>.+?)\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Directive();

    [GeneratedRegex(@"^(ONBUILD\s+)?(RUN|COPY|ADD)\s", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex TakesHereDocument();

    [GeneratedRegex(@"(^|\s)[0-9]*<<(?<tabs>-)?(?<quote>[""']?)(?<word>[A-Za-z_][A-Za-z0-9_.]*)\k<quote>(?=\s|$|[;|&>)])", RegexOptions.ExplicitCapture)]
    private static partial Regex HereDocument();
}
