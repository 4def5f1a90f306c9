using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>A walk through a text, character by character, that knows line and column; columns count code points, as Python's do. The text ends with <see cref="End"/>.</summary>
internal sealed class TextCursor
{
    public const char End = '\0';
    private readonly string _file;
    private readonly string _text;
    private int _at;
    private int _lineStart;
    private int _halves;

    /// <exception cref="YamlFault">A character that YAML does not allow.</exception>
    public TextCursor(string file, string text)
    {
        _file = file;
        // gcloud opens files as text: all line ends are one.
        _text = text.Contains('\r', StringComparison.Ordinal) ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') : text;
        if (_text.StartsWith('\uFEFF'))
        {
            Forward();
        }

        Check();
    }

    /// <summary>From 0.</summary>
    public int Line { get; private set; }

    /// <summary>From 0.</summary>
    public int Column => _at - _lineStart;

    /// <summary>Code points from the beginning.</summary>
    public int Index => _at - _halves;

    public SourceSpot Spot => new(_file, Line + 1, Column + 1);

    public char Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : End;

    public string Prefix(int length) => _text.Substring(_at, length);

    public bool StartsWith(string text) => string.CompareOrdinal(_text, _at, text, 0, text.Length) == 0;

    public void Forward(int length = 1)
    {
        for (; length > 0; length--)
        {
            var character = Peek();
            _at++;
            if (character == '\n')
            {
                Line++;
                _lineStart = _at;
            }
            else if (char.IsLowSurrogate(character))
            {
                _lineStart++;
                _halves++;
            }
            else if (character == '\uFEFF')
            {
                _lineStart++;
            }
        }
    }

    /// <summary>Past a line break, if one is here: what it counts as in a scalar; empty where there is none.</summary>
    public string LineBreak()
    {
        var character = Peek();
        if (!Characters.IsBreak(character))
        {
            return "";
        }

        Forward();
        return character is '\n' or '\x85' ? "\n" : character.ToString();
    }

    private void Check()
    {
        for (var index = 0; index < _text.Length; index++)
        {
            var character = _text[index];
            var allowed = character is '\t' or '\n' or (>= ' ' and <= '~') or '\x85' or (>= '\xA0' and <= '\uD7FF') or (>= '\uE000' and <= '\uFFFD')
                || (char.IsHighSurrogate(character) && index + 1 < _text.Length && char.IsLowSurrogate(_text[index + 1]))
                || (char.IsLowSurrogate(character) && index > 0 && char.IsHighSurrogate(_text[index - 1]));
            if (!allowed)
            {
                var before = _text.AsSpan(0, index);
                throw new YamlFault(
                    YamlFault.Parsing,
                    $"unacceptable character #x{(int)character:x4}: special characters are not allowed",
                    new SourceSpot(_file, before.Count('\n') + 1, index - before.LastIndexOf('\n')));
            }
        }
    }
}
