using System.Collections.Immutable;
using System.Text;

namespace MlOps.Core.Patterns;

/// <summary>A pattern for one segment of a path, as Go's <c>path.Match</c> reads it: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[^a]</c>, <c>\x</c>.</summary>
internal sealed class PathSegment
{
    /// <summary>Null for <c>*</c>.</summary>
    private readonly ImmutableArray<RuneSet?> _parts;

    private PathSegment(ImmutableArray<RuneSet?> parts) => _parts = parts;

    /// <param name="whole">The glob that it is a part of, for messages.</param>
    /// <exception cref="GlobSyntaxException">Go's ErrBadPattern.</exception>
    public static PathSegment Parse(string text, string whole)
    {
        var parts = ImmutableArray.CreateBuilder<RuneSet?>();
        var reader = new Reader(text, whole);
        while (!reader.AtEnd)
        {
            parts.Add(reader.Next());
        }

        return new PathSegment(parts.ToImmutable());
    }

    public bool IsMatch(string segment)
    {
        Rune[] name = [.. segment.EnumerateRunes()];
        var (part, at, star, starAt) = (0, 0, -1, 0);
        while (at < name.Length)
        {
            if (part < _parts.Length && _parts[part] is null)
            {
                (star, starAt) = (part++, at);
            }
            else if (part < _parts.Length && _parts[part]!.Contains(name[at].Value))
            {
                (part, at) = (part + 1, at + 1);
            }
            else if (star >= 0)
            {
                // The last star takes one letter more.
                (part, at) = (star + 1, ++starAt);
            }
            else
            {
                return false;
            }
        }

        return _parts.Skip(part).All(rest => rest is null);
    }

    private sealed class Reader(string text, string whole)
    {
        private int _at;

        public bool AtEnd => _at == text.Length;

        public RuneSet? Next()
        {
            switch (text[_at])
            {
                case '*':
                    _at++;
                    return null;
                case '?':
                    _at++;
                    return RuneSet.Any;
                case '[':
                    return Class();
                case '\\' when ++_at == text.Length:
                    throw Bad("a backslash at the end escapes nothing");
                default:
                    var rune = Rune();
                    return RuneSet.Of((rune, rune));
            }
        }

        private RuneSet Class()
        {
            _at++;
            var negated = _at < text.Length && text[_at] == '^';
            _at += negated ? 1 : 0;
            var ranges = new List<(int, int)>();
            while (ranges.Count == 0 || _at >= text.Length || text[_at] != ']')
            {
                var low = Member();
                var high = low;
                if (text[_at] == '-')
                {
                    _at++;
                    high = Member();
                }

                // Go takes [z-a] for a class that matches nothing.
                ranges.Add((low, high));
            }

            _at++;
            var set = RuneSet.Of(ranges.Where(range => range.Item1 <= range.Item2));
            return negated ? set.Negated() : set;
        }

        /// <summary>A letter of a class, behind which the class goes on.</summary>
        private int Member()
        {
            if (_at >= text.Length || text[_at] is '-' or ']')
            {
                throw Bad(_at >= text.Length ? "'[' has no ']' (a class ends within its segment)" : $"'{text[_at]}' must be escaped there");
            }

            _at += text[_at] == '\\' ? 1 : 0;
            if (_at >= text.Length)
            {
                throw Bad("a backslash at the end escapes nothing");
            }

            var rune = Rune();
            return _at < text.Length ? rune : throw Bad("'[' has no ']' (a class ends within its segment)");
        }

        private int Rune()
        {
            var rune = System.Text.Rune.TryGetRuneAt(text, _at, out var found) ? found : System.Text.Rune.ReplacementChar;
            _at += found == default ? 1 : rune.Utf16SequenceLength;
            return rune.Value;
        }

        private GlobSyntaxException Bad(string why) => new(whole, why);
    }
}
