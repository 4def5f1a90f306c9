using System.Text;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>Literal and folded block scalars.</summary>
internal sealed partial class Scanner
{
    private Token BlockScalar(bool folded)
    {
        var spot = _at.Spot;
        _at.Forward();
        var (keep, increment) = BlockHeader();
        var lowest = _indent + 1;
        var breaks = new StringBuilder();
        int indent;
        if (increment == 0)
        {
            indent = Math.Max(lowest, FirstIndentation(breaks));
        }
        else
        {
            lowest = Math.Max(lowest, 1);
            indent = lowest + increment - 1;
            BlockBreaks(breaks, indent);
        }

        var value = new StringBuilder();
        var lineBreak = BlockLines(value, breaks, indent, folded, lowest);
        // A line's end is kept unless '-' strips it; the empty lines after it only under '+'.
        value.Append(keep is false ? "" : lineBreak).Append(keep is true ? breaks : null);
        return new Token(TokenKind.Scalar, spot, value.ToString());
    }

    /// <param name="breaks">The empty lines before the next line; in the end those after the last.</param>
    /// <returns>The last line's end.</returns>
    private string BlockLines(StringBuilder value, StringBuilder breaks, int indent, bool folded, int lowest)
    {
        var lineBreak = "";
        while (_at.Column == indent && _at.Peek() != TextCursor.End)
        {
            value.Append(breaks);
            var indented = _at.Peek() is ' ' or '\t';
            var length = 0;
            while (!Characters.EndsLine(_at.Peek(length)))
            {
                length++;
            }

            value.Append(_at.Prefix(length));
            _at.Forward(length);
            lineBreak = _at.LineBreak();
            breaks.Clear();
            BlockBreaks(breaks, indent);
            if ((lowest == 0 && _at.Column == 0 && AtDocumentMark()) || _at.Column != indent || _at.Peek() == TextCursor.End)
            {
                break;
            }

            if (!folded || lineBreak != "\n" || indented || _at.Peek() is ' ' or '\t')
            {
                value.Append(lineBreak);
            }
            else if (breaks.Length == 0)
            {
                value.Append(' ');
            }
        }

        return lineBreak;
    }

    /// <summary>The indicators after <c>|</c> or <c>&gt;</c>, to the end of the line.</summary>
    /// <returns>What happens to the line ends at the end (true keeps, false strips them), and the indentation, 0 where it is found from the text.</returns>
    private (bool? Keep, int Increment) BlockHeader()
    {
        var keep = Chomping();
        var increment = 0;
        if (char.IsAsciiDigit(_at.Peek()))
        {
            increment = _at.Peek() - '0';
            if (increment == 0)
            {
                throw Fault("while scanning a block scalar: expected indentation indicator in the range 1-9, but found 0");
            }

            _at.Forward();
            keep ??= Chomping();
        }

        if (_at.Peek() != ' ' && !Characters.EndsLine(_at.Peek()))
        {
            throw Fault($"while scanning a block scalar: expected chomping or indentation indicators, but found {Shown(_at.Peek())}");
        }

        EndLine("while scanning a block scalar");
        return (keep, increment);
    }

    private bool? Chomping()
    {
        bool? keep = _at.Peek() switch { '+' => true, '-' => false, _ => null };
        if (keep is not null)
        {
            _at.Forward();
        }

        return keep;
    }

    private void EndLine(string during)
    {
        SkipSpaces();
        SkipComment();
        if (!Characters.EndsLine(_at.Peek()))
        {
            throw Fault($"{during}: expected a comment or a line break, but found {Shown(_at.Peek())}");
        }

        _at.LineBreak();
    }

    private int FirstIndentation(StringBuilder breaks)
    {
        var deepest = 0;
        while (_at.Peek() == ' ' || Characters.IsBreak(_at.Peek()))
        {
            if (_at.Peek() != ' ')
            {
                breaks.Append(_at.LineBreak());
                continue;
            }

            _at.Forward();
            deepest = Math.Max(deepest, _at.Column);
        }

        return deepest;
    }

    private void BlockBreaks(StringBuilder breaks, int indent)
    {
        SkipTo(indent);
        while (Characters.IsBreak(_at.Peek()))
        {
            breaks.Append(_at.LineBreak());
            SkipTo(indent);
        }
    }

    private void SkipTo(int column)
    {
        while (_at.Column < column && _at.Peek() == ' ')
        {
            _at.Forward();
        }
    }
}
