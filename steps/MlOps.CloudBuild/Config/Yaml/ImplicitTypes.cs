using System.Text.RegularExpressions;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>The tags that plain scalars get, by the rules of ruamel.yaml 0.15 (gcloud 528): YAML 1.1 with its octal and sexagesimal numbers, or 1.2 under <c>%YAML 1.2</c>.</summary>
internal static partial class ImplicitTypes
{
    private const string Digits = "0123456789";

    public static string TagOf(string text, bool version12)
    {
        if (text.Length == 0)
        {
            return Tags.Null;
        }

        // Most scalars are words and paths: their first character rules every other type out.
        var first = text[0];
        if (!"-+.~<=yYnNtTfFoO".Contains(first, StringComparison.Ordinal) && !char.IsAsciiDigit(first))
        {
            return Tags.Text;
        }

        return Digits.Contains(first, StringComparison.Ordinal) || first is '-' or '+' or '.' ? NumberTag(text, version12) : WordTag(text, version12);
    }

    private static string WordTag(string text, bool version12) => text switch
    {
        "~" or "null" or "Null" or "NULL" => Tags.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => Tags.Bool,
        "y" or "Y" or "yes" or "Yes" or "YES" or "n" or "N" or "no" or "No" or "NO" or "on" or "On" or "ON" or "off" or "Off" or "OFF" when !version12 => Tags.Bool,
        "<<" => Tags.Merge,
        "=" => Tags.Value,
        _ => Tags.Text,
    };

    private static string NumberTag(string text, bool version12)
    {
        if ((version12 ? Float12() : Float11()).IsMatch(text))
        {
            return Tags.Float;
        }

        if ((version12 ? Int12() : Int11()).IsMatch(text))
        {
            return Tags.Int;
        }

        return char.IsAsciiDigit(text[0]) && Timestamp().IsMatch(text) ? Tags.Timestamp : Tags.Text;
    }

    [GeneratedRegex(@"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$")]
    private static partial Regex Float11();

    [GeneratedRegex(@"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$")]
    private static partial Regex Float12();

    [GeneratedRegex("^(?:[-+]?0b[0-1_]+|[-+]?0?[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$")]
    private static partial Regex Int11();

    [GeneratedRegex("^(?:[-+]?0b[0-1_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+)$")]
    private static partial Regex Int12();

    [GeneratedRegex(@"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$")]
    private static partial Regex Timestamp();
}
