using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>
/// From text to tokens, by the rules of the YAML library in gcloud 528 (ruamel.yaml 0.15, pure Python), which differ from other
/// libraries' in what they let through: tabs, colons and question marks in flow collections, the indentation of quoted scalars.
/// </summary>
/// <remarks>
/// A key is recognised by the colon after it, so tokens wait in a queue while the first of them may still turn out to be a key
/// (YAML 1.1, section 4.3: on one line, within 1024 characters).
/// </remarks>
internal sealed partial class Scanner(string file, string text)
{
    private const int LongestKey = 1024;
    private readonly TextCursor _at = new(file, text);
    private readonly List<Token> _queue = [];
    private readonly Stack<int> _indents = new();
    private readonly Stack<char> _flow = new();
    private readonly List<PossibleKey?> _keys = [null];
    private int _indent = -1;
    private int _taken;
    private bool _keyAllowed = true;
    private bool _done;

    /// <summary>Under <c>%YAML 1.2</c> flow collections are scanned differently.</summary>
    public bool Version12 { get; set; }

    private bool InFlow => _flow.Count > 0;

    /// <exception cref="YamlFault">No token can start here.</exception>
    public Token Peek()
    {
        while (NeedsMore())
        {
            Fetch();
        }

        return _queue[0];
    }

    public Token Take()
    {
        var token = Peek();
        if (token.Kind != TokenKind.StreamEnd)
        {
            _queue.RemoveAt(0);
            _taken++;
        }

        return token;
    }

    public bool Next(TokenKind kind) => Peek().Kind == kind;

    private bool NeedsMore()
    {
        if (_done)
        {
            return false;
        }

        if (_queue.Count == 0)
        {
            return true;
        }

        DropStaleKeys();
        return _keys.Exists(key => key?.Token == _taken);
    }

    private void Fetch()
    {
        SkipToToken();
        DropStaleKeys();
        Unwind(_at.Column);
        var character = _at.Peek();
        var startsLine = _at.Column == 0;
        if (character == TextCursor.End)
        {
            EndStream();
        }
        else if (startsLine && character == '%')
        {
            Unwind(-1);
            DropKey();
            _keyAllowed = false;
            _queue.Add(Directive());
        }
        else if (startsLine && AtDocumentMark())
        {
            Unwind(-1);
            DropKey();
            _keyAllowed = false;
            Add(character == '-' ? TokenKind.DocumentStart : TokenKind.DocumentEnd, 3);
        }
        else
        {
            FetchContent(character);
        }
    }

    private void FetchContent(char character)
    {
        switch (character)
        {
            case '[' or '{':
                SaveKey();
                _flow.Push(character);
                _keys.Add(null);
                _keyAllowed = true;
                Add(character == '[' ? TokenKind.FlowSequenceStart : TokenKind.FlowMappingStart);
                break;
            case ']' or '}':
                DropKey();
                CloseFlow();
                _keyAllowed = false;
                Add(character == ']' ? TokenKind.FlowSequenceEnd : TokenKind.FlowMappingEnd);
                break;
            case ',':
                _keyAllowed = true;
                DropKey();
                Add(TokenKind.FlowEntry);
                break;
            case '-' when Characters.EndsToken(_at.Peek(1)):
                BlockEntry();
                break;
            case '?' when InFlow || Characters.EndsToken(_at.Peek(1)):
                ExplicitKey();
                break;
            case ':' when StartsValue():
                Value();
                break;
            case '*' or '&':
                FetchKeyLike(Anchor);
                break;
            case '!':
                FetchKeyLike(Tag);
                break;
            case '|' or '>' when !InFlow:
                _keyAllowed = true;
                DropKey();
                _queue.Add(BlockScalar(folded: character == '>'));
                break;
            case '\'' or '"':
                FetchKeyLike(QuotedScalar);
                break;
            default:
                FetchKeyLike(StartsPlain(character) ? PlainScalar : throw Fault($"while scanning for the next token: found character {Shown(character)} that cannot start any token"));
                break;
        }
    }

    private void CloseFlow()
    {
        if (_flow.TryPop(out _))
        {
            _keys.RemoveAt(_keys.Count - 1);
        }
    }

    /// <summary>A token that may be a key, after which none may start.</summary>
    private void FetchKeyLike(Func<Token> scan)
    {
        SaveKey();
        _keyAllowed = false;
        _queue.Add(scan());
    }

    private void EndStream()
    {
        Unwind(-1);
        DropKey();
        _keyAllowed = false;
        _queue.Add(new Token(TokenKind.StreamEnd, _at.Spot));
        _done = true;
    }

    private void BlockEntry()
    {
        StartBlock(TokenKind.BlockSequenceStart, "sequence entries are not allowed here");
        _keyAllowed = true;
        DropKey();
        Add(TokenKind.BlockEntry);
    }

    private void ExplicitKey()
    {
        StartBlock(TokenKind.BlockMappingStart, "mapping keys are not allowed here");
        _keyAllowed = !InFlow;
        DropKey();
        Add(TokenKind.Key);
    }

    private void Value()
    {
        if (_keys[_flow.Count] is { } key)
        {
            _keys[_flow.Count] = null;
            _queue.Insert(key.Token - _taken, new Token(TokenKind.Key, key.Spot));
            if (!InFlow && Indent(key.Column))
            {
                _queue.Insert(key.Token - _taken, new Token(TokenKind.BlockMappingStart, key.Spot));
            }

            _keyAllowed = false;
        }
        else
        {
            StartBlock(TokenKind.BlockMappingStart, "mapping values are not allowed here");
            _keyAllowed = !InFlow;
            DropKey();
        }

        Add(TokenKind.Value);
    }

    private void StartBlock(TokenKind kind, string refusal)
    {
        if (InFlow)
        {
            return;
        }

        if (!_keyAllowed)
        {
            throw Fault(refusal);
        }

        if (Indent(_at.Column))
        {
            _queue.Add(new Token(kind, _at.Spot));
        }
    }

    private void Add(TokenKind kind, int length = 1)
    {
        _queue.Add(new Token(kind, _at.Spot));
        _at.Forward(length);
    }

    private bool StartsValue()
    {
        if (!InFlow)
        {
            return Characters.EndsToken(_at.Peek(1));
        }

        if (!Version12)
        {
            return true;
        }

        var strict = _flow.Peek() == '[' || (_queue.Count > 0 && _queue[^1].Kind == TokenKind.Value);
        return !strict || Characters.EndsToken(_at.Peek(1));
    }

    private bool StartsPlain(char character)
    {
        const string Indicators = " \t-?:,[]{}#&*!|>'\"%@`";
        if (!Indicators.Contains(character, StringComparison.Ordinal) && !Characters.EndsLine(character))
        {
            return true;
        }

        var next = _at.Peek(1);
        if (Version12 && character == ':' && InFlow && next is not (' ' or '\t'))
        {
            return true;
        }

        return !Characters.EndsToken(next) && (character == '-' || (!InFlow && character is '?' or ':'));
    }

    private bool AtDocumentMark() => (_at.StartsWith("---") || _at.StartsWith("...")) && Characters.EndsToken(_at.Peek(3));

    /// <summary>Past blanks, comments and line ends. Tabs are none of them.</summary>
    private void SkipToToken()
    {
        while (true)
        {
            while (_at.Peek() == ' ')
            {
                _at.Forward();
            }

            SkipComment();
            if (_at.LineBreak().Length == 0)
            {
                return;
            }

            _keyAllowed |= !InFlow;
        }
    }

    private void SkipComment()
    {
        if (_at.Peek() != '#')
        {
            return;
        }

        while (!Characters.EndsLine(_at.Peek()))
        {
            _at.Forward();
        }
    }

    private void SkipSpaces()
    {
        while (_at.Peek() == ' ')
        {
            _at.Forward();
        }
    }

    private void SaveKey()
    {
        if (_keyAllowed)
        {
            var required = !InFlow && _indent == _at.Column;
            DropKey();
            _keys[_flow.Count] = new PossibleKey(_taken + _queue.Count, required, _at.Index, _at.Line, _at.Column, _at.Spot);
        }
    }

    private void DropKey() => Drop(_flow.Count);

    private void Drop(int level)
    {
        if (_keys[level] is { Required: true } key)
        {
            throw new YamlFault(YamlFault.Parsing, "while scanning a simple key: could not find expected ':'", key.Spot);
        }

        _keys[level] = null;
    }

    private void DropStaleKeys()
    {
        for (var level = 0; level < _keys.Count; level++)
        {
            if (_keys[level] is { } key && (key.Line != _at.Line || _at.Index - key.Index > LongestKey))
            {
                Drop(level);
            }
        }
    }

    private bool Indent(int column)
    {
        if (_indent >= column)
        {
            return false;
        }

        _indents.Push(_indent);
        _indent = column;
        return true;
    }

    private void Unwind(int column)
    {
        while (!InFlow && _indent > column)
        {
            _indent = _indents.Pop();
            _queue.Add(new Token(TokenKind.BlockEnd, _at.Spot));
        }
    }

    private YamlFault Fault(string message) => new(YamlFault.Parsing, message, _at.Spot);

    private static string Shown(char character) => character switch
    {
        TextCursor.End => "'\\x00'",
        '\t' => "'\\t'",
        '\n' => "'\\n'",
        _ => $"'{character}'",
    };

    /// <param name="Token">Its number, counted from the beginning of the text.</param>
    /// <param name="Required">Nothing but a key can stand here.</param>
    private readonly record struct PossibleKey(int Token, bool Required, int Index, int Line, int Column, SourceSpot Spot);
}
