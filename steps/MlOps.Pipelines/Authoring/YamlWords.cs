using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace MlOps.Pipelines.Authoring;

/// <summary>C# values as a definition writes them.</summary>
internal static partial class YamlWords
{
    /// <summary>A JSON string, which is a double-quoted scalar of YAML. No serializer: a .cs file that is run by itself has no reflection.</summary>
    public static string Quoted(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    public static string Key(string text) => PlainKey().IsMatch(text) ? text : Quoted(text);

    /// <summary>Text in which <c>${{</c> has no meaning.</summary>
    public static string Literal(string text) => text.Replace("${{", "$${{", StringComparison.Ordinal);

    /// <summary>A number with a fraction, so that it reads as one.</summary>
    public static string Number(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? ".nan" : number > 0 ? ".inf" : "-.inf";
        }

        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_-]*$")]
    private static partial Regex PlainKey();
}
