using System.Globalization;
using System.Text;

namespace MlOps.CloudBuild.Substitutions.Expansion;

/// <summary><c>$'…'</c> with its escapes (bash's manual, "ANSI-C Quoting").</summary>
internal static class AnsiQuoting
{
    /// <summary>From after the opening quote to after the closing one.</summary>
    public static string Read(TextCursor cursor)
    {
        var start = cursor.At - 2;
        var text = new StringBuilder();
        while (cursor.Peek != '\'' || cursor.Ended)
        {
            if (cursor.Ended)
            {
                throw new ExpansionException("$' has no second quote", start);
            }

            var next = cursor.Take();
            text.Append(next == '\\' && !cursor.Ended ? Escape(cursor) : next.ToString());
        }

        cursor.Skip();
        return text.ToString();
    }

    private static string Escape(TextCursor cursor)
    {
        var kind = cursor.Take();
        return kind switch
        {
            'a' => "\a",
            'b' => "\b",
            'e' or 'E' => "\e",
            'f' => "\f",
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'v' => "\v",
            '\\' or '\'' or '"' or '?' => kind.ToString(),
            'x' => Number(cursor, "\\x", 2, NumberStyles.HexNumber),
            'u' => Number(cursor, "\\u", 4, NumberStyles.HexNumber),
            'U' => Number(cursor, "\\U", 8, NumberStyles.HexNumber),
            >= '0' and <= '7' => Octal(cursor, kind),
            _ => "\\" + kind,
        };
    }

    private static string Number(TextCursor cursor, string written, int most, NumberStyles style)
    {
        var length = 0;
        while (length < most && char.IsAsciiHexDigit(cursor.Ahead(length)))
        {
            length++;
        }

        if (length == 0)
        {
            return written;
        }

        var value = int.Parse(cursor.Text.AsSpan(cursor.At, length), style, CultureInfo.InvariantCulture);
        cursor.Skip(length);
        return Rune.IsValid(value) ? new Rune(value).ToString() : "\uFFFD";
    }

    private static string Octal(TextCursor cursor, char first)
    {
        var value = first - '0';
        for (var digits = 1; digits < 3 && cursor.Peek is >= '0' and <= '7'; digits++)
        {
            value = (value * 8) + (cursor.Take() - '0');
        }

        return new Rune(value & 0xFF).ToString();
    }
}
