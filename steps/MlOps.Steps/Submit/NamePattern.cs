using System.Collections.Immutable;

namespace MlOps.Steps.Submit;

/// <summary>A pattern for one name, as Python's <c>fnmatch</c> reads it: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a-z]</c>; nothing escapes.</summary>
internal sealed class NamePattern
{
    private readonly ImmutableArray<Token> _tokens;

    public NamePattern(string text)
    {
        Text = text;
        var tokens = ImmutableArray.CreateBuilder<Token>();
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '*':
                    tokens.Add(Token.AnyMany);
                    break;
                case '?':
                    tokens.Add(Token.AnyOne);
                    break;
                case '[' when End(text, at) is var end and > 0:
                    tokens.Add(Set(text.AsSpan()[(at + 1)..end]));
                    at = end;
                    break;
                case var plain:
                    tokens.Add(new Token(TokenKind.Set, Negated: false, [(plain, plain)]));
                    break;
            }
        }

        _tokens = tokens.ToImmutable();
    }

    private enum TokenKind
    {
        Set,
        Many,
    }

    public string Text { get; }

    /// <summary>With one place to go back to, the last star: linear in practice, never exponential.</summary>
    public bool Matches(string name)
    {
        var (token, at, star, mark) = (0, 0, -1, 0);
        while (at < name.Length)
        {
            if (token < _tokens.Length && _tokens[token].Kind == TokenKind.Many)
            {
                (star, mark) = (token++, at);
            }
            else if (token < _tokens.Length && _tokens[token].Has(name[at]))
            {
                (token, at) = (token + 1, at + 1);
            }
            else if (star >= 0)
            {
                (token, at) = (star + 1, ++mark);
            }
            else
            {
                return false;
            }
        }

        return _tokens.AsSpan()[token..].IndexOfAnyExcept(Token.AnyMany) < 0;
    }

    /// <summary>The bracket that ends a set; one that stands first in it does not.</summary>
    private static int End(string text, int open)
    {
        var at = open + 1;
        at += at < text.Length && text[at] == '!' ? 1 : 0;
        at += at < text.Length && text[at] == ']' ? 1 : 0;
        return at < text.Length ? text.IndexOf(']', at) : -1;
    }

    /// <summary>Ranges that run backwards hold nothing.</summary>
    private static Token Set(ReadOnlySpan<char> inside)
    {
        var negated = inside[0] == '!';
        var text = negated ? inside[1..] : inside;
        var ranges = ImmutableArray.CreateBuilder<(char, char)>();
        for (var at = 0; at < text.Length; at++)
        {
            if (at + 2 < text.Length && text[at + 1] == '-')
            {
                ranges.Add((text[at], text[at + 2]));
                at += 2;
            }
            else
            {
                ranges.Add((text[at], text[at]));
            }
        }

        return new Token(TokenKind.Set, negated, ranges.ToImmutable());
    }

    private sealed record Token(TokenKind Kind, bool Negated, ImmutableArray<(char First, char Last)> Ranges)
    {
        public static Token AnyMany { get; } = new(TokenKind.Many, Negated: true, []);

        public static Token AnyOne { get; } = new(TokenKind.Set, Negated: true, []);

        public bool Has(char one) => Ranges.Any(range => range.First <= one && one <= range.Last) != Negated;
    }
}
