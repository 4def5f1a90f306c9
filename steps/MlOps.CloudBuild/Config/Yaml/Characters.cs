namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>The classes of characters by which gcloud's YAML library scans.</summary>
internal static class Characters
{
    public static bool IsBreak(char character) => character is '\n' or '\r' or '\x85' or '\u2028' or '\u2029';

    public static bool EndsLine(char character) => character == TextCursor.End || IsBreak(character);

    /// <summary>After an indicator: a blank, the end of a line, the end of the text.</summary>
    public static bool EndsToken(char character) => character is ' ' or '\t' || EndsLine(character);

    public static bool InAnchor(char character) => character is not (',' or '[' or ']' or '{' or '}')
        && character is (>= '!' and <= '~') or (>= '\xA0' and <= '\uFFFD' and not '\uFEFF');

    public static bool InUri(char character) => char.IsAsciiLetterOrDigit(character) || "-;/?:@&=+$,_.!~*'()[]%".Contains(character, StringComparison.Ordinal);
}
