using System.Collections.Immutable;
using System.Text;

namespace MlOps.CloudBuild.Substitutions.Expansion;

/// <summary>
/// The kinds of text that stand in and around expansions; they differ in what quotes and backslashes mean (bash's manual, sections
/// "Quoting" and "Shell Parameter Expansion"; where it is silent, what bash 5.2 does).
/// </summary>
/// <param name="readDollar">Reads what begins with <c>$</c>: whether it is quoted, whether it is within another expansion.</param>
internal sealed class WordReader(TextCursor cursor, Func<bool, bool, Part> readDollar)
{
    private const string EscapedInQuotes = "$`\"\\\n";

    /// <summary>A whole value: double-quoted text, in which a double quote is just one.</summary>
    public ImmutableArray<Part> ReadValue()
    {
        var parts = new PartList();
        while (!cursor.Ended)
        {
            ReadQuotedCharacter(parts, EscapedInQuotes, inside: false);
        }

        return parts.ToImmutable();
    }

    /// <summary>After <c>:-</c> and its like within double quotes, up to the closing brace: single quotes stay, double quotes go.</summary>
    public ImmutableArray<Part> ReadQuotedWord()
    {
        var parts = new PartList();
        while (!cursor.Ended && cursor.Peek != '}')
        {
            if (cursor.Peek == '$' && cursor.Ahead(1) == '\'')
            {
                cursor.Skip(2);
                parts.Add(AnsiQuoting.Read(cursor), quoted: true);
            }
            else if (cursor.Peek == '"' || (cursor.Peek == '$' && cursor.Ahead(1) == '"'))
            {
                cursor.Skip(cursor.Peek == '"' ? 1 : 2);
                ReadInnerQuotes(parts);
            }
            else if (cursor.Peek == '\'')
            {
                ReadKeptQuotes(parts);
            }
            else
            {
                ReadQuotedCharacter(parts, EscapedInQuotes + "}", inside: true);
            }
        }

        return parts.ToImmutable();
    }

    /// <summary>A pattern or a replacement, up to the closing brace (or the slash that ends a pattern; one at its very beginning belongs to it).</summary>
    public ImmutableArray<Part> ReadPattern(bool slashEnds)
    {
        var parts = new PartList();
        for (var start = cursor.At; !cursor.Ended && cursor.Peek != '}' && !(slashEnds && cursor.Peek == '/' && cursor.At > start);)
        {
            ReadUnquoted(parts);
        }

        return parts.ToImmutable();
    }

    /// <summary>An arithmetic expression, up to the closing brace or the colon that is not part of <c>?:</c>.</summary>
    public ImmutableArray<Part> ReadArithmetic()
    {
        var parts = new PartList();
        var depth = 0;
        var questions = 0;
        while (!cursor.Ended && cursor.Peek != '}' && !(cursor.Peek == ':' && depth == 0 && questions == 0))
        {
            var next = cursor.Peek;
            depth += next == '(' ? 1 : next == ')' && depth > 0 ? -1 : 0;
            questions += depth > 0 ? 0 : next == '?' ? 1 : next == ':' ? -1 : 0;
            if (next == '"')
            {
                cursor.Skip();
            }
            else if (next == '$')
            {
                parts.Add(readDollar(true, true));
            }
            else
            {
                parts.Add(cursor.Take().ToString(), quoted: false);
            }
        }

        return parts.ToImmutable();
    }

    private void ReadUnquoted(PartList parts)
    {
        var next = cursor.Peek;
        if (next == '\\' && cursor.At + 1 < cursor.Text.Length)
        {
            cursor.Skip();
            var escaped = TakeRune();
            parts.Add(escaped == "\n" ? "" : escaped, quoted: true);
        }
        else if (next == '\'')
        {
            ReadSingleQuotes(parts);
        }
        else if (next == '$' && cursor.Ahead(1) == '\'')
        {
            cursor.Skip(2);
            parts.Add(AnsiQuoting.Read(cursor), quoted: true);
        }
        else if (next == '"' || (next == '$' && cursor.Ahead(1) == '"'))
        {
            cursor.Skip(next == '"' ? 1 : 2);
            ReadDoubleQuotes(parts);
        }
        else if (next == '$')
        {
            parts.Add(readDollar(false, true));
        }
        else
        {
            RefuseBackquote();
            parts.Add(TakeRune(), quoted: false);
        }
    }

    /// <summary>One character, escape or expansion of double-quoted text.</summary>
    private void ReadQuotedCharacter(PartList parts, string escaped, bool inside)
    {
        if (cursor.Peek == '\\' && cursor.At + 1 < cursor.Text.Length && escaped.Contains(cursor.Ahead(1), StringComparison.Ordinal))
        {
            cursor.Skip();
            var character = cursor.Take();
            parts.Add(character == '\n' ? "" : character.ToString(), quoted: true);
        }
        else if (cursor.Peek == '$')
        {
            parts.Add(readDollar(true, inside));
        }
        else if (inside && cursor.Peek == '\\' && cursor.Ahead(1) == '\'')
        {
            // The backslash stays, and keeps the quote from opening anything.
            parts.Add("\\'", quoted: true);
            cursor.Skip(2);
        }
        else
        {
            if (inside)
            {
                RefuseBackquote();
            }

            parts.Add(cursor.Take().ToString(), quoted: true);
        }
    }

    private void ReadDoubleQuotes(PartList parts)
    {
        var start = cursor.At - 1;
        parts.Add("", quoted: true);
        while (cursor.Peek != '"' || cursor.Ended)
        {
            ThrowIfEnded("\"", start);
            ReadQuotedCharacter(parts, EscapedInQuotes, inside: true);
        }

        cursor.Skip();
    }

    /// <summary>Double quotes inside a word that is in double quotes already: they end those, so a backslash escapes anything.</summary>
    private void ReadInnerQuotes(PartList parts)
    {
        var start = cursor.At - 1;
        while (cursor.Peek != '"' || cursor.Ended)
        {
            ThrowIfEnded("\"", start);
            if (cursor.Peek == '\\' && cursor.At + 1 < cursor.Text.Length)
            {
                cursor.Skip();
                parts.Add(TakeRune(), quoted: true);
            }
            else
            {
                ReadQuotedCharacter(parts, "", inside: true);
            }
        }

        cursor.Skip();
    }

    /// <summary>Single quotes inside double quotes are text, but a brace between them closes nothing.</summary>
    private void ReadKeptQuotes(PartList parts)
    {
        var start = cursor.At;
        parts.Add(cursor.Take().ToString(), quoted: true);
        while (cursor.Peek != '\'' || cursor.Ended)
        {
            ThrowIfEnded("'", start);
            ReadQuotedCharacter(parts, EscapedInQuotes + "}", inside: true);
        }

        parts.Add(cursor.Take().ToString(), quoted: true);
    }

    private void ReadSingleQuotes(PartList parts)
    {
        var start = cursor.At;
        cursor.Skip();
        var end = cursor.Text.IndexOf('\'', cursor.At);
        if (end < 0)
        {
            cursor.Skip(cursor.Text.Length - cursor.At);
            ThrowIfEnded("'", start);
        }

        parts.Add(cursor.Text[cursor.At..end], quoted: true);
        cursor.Skip(end + 1 - cursor.At);
    }

    private string TakeRune()
    {
        var length = char.IsHighSurrogate(cursor.Peek) && cursor.At + 1 < cursor.Text.Length ? 2 : 1;
        var rune = cursor.Text.Substring(cursor.At, length);
        cursor.Skip(length);
        return rune;
    }

    private void RefuseBackquote()
    {
        if (cursor.Peek == '`')
        {
            throw new ExpansionException("'`' would run a command, and nothing is run here; write '\\`' for the character", cursor.At);
        }
    }

    private void ThrowIfEnded(string quote, int start)
    {
        if (cursor.Ended)
        {
            throw new ExpansionException($"the quote {quote} inside '${{…}}' has no second one; where the character is meant, write {(quote == "'" ? "\"'\"" : "\\\"")}", start);
        }
    }

    /// <summary>Parts in order; neighbouring text of one kind is one part.</summary>
    private sealed class PartList
    {
        private readonly ImmutableArray<Part>.Builder _parts = ImmutableArray.CreateBuilder<Part>();
        private readonly StringBuilder _text = new();
        private bool? _quoted;

        public void Add(string text, bool quoted)
        {
            if (_quoted is { } before && before != quoted)
            {
                Flush();
            }

            _quoted = quoted;
            _text.Append(text);
        }

        public void Add(Part part)
        {
            if (part is TextPart text)
            {
                Add(text.Text, text.Quoted);
                return;
            }

            Flush();
            _parts.Add(part);
        }

        public ImmutableArray<Part> ToImmutable()
        {
            Flush();
            return _parts.ToImmutable();
        }

        private void Flush()
        {
            if (_quoted is { } quoted)
            {
                _parts.Add(new TextPart(_text.ToString(), quoted));
                _text.Clear();
                _quoted = null;
            }
        }
    }
}
