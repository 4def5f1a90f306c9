using System.Globalization;
using System.Numerics;
using System.Text;
using MlOps.CloudBuild.Config.Yaml;

namespace MlOps.CloudBuild.Config;

/// <summary>How Python prints values; gcloud's messages hold them so.</summary>
internal static class PythonText
{
    /// <summary><c>str(value)</c></summary>
    public static string Of(ConfigValue value) => value is ConfigScalar { Value: string text } ? text : Repr(value);

    /// <summary><c>type(value).__name__</c></summary>
    public static string TypeOf(ConfigValue value) => value switch
    {
        ConfigMap => "dict",
        ConfigList => "list",
        ConfigScalar scalar => scalar.Value switch
        {
            null => "NoneType",
            bool => "bool",
            double => "float",
            string => "str",
            PythonOnly only => only.Type,
            _ => "int",
        },
        _ => "object",
    };

    public static string Repr(ConfigValue value) => value switch
    {
        ConfigMap map => $"{{{string.Join(", ", map.Entries.Select(entry => $"{Repr(entry.Key)}: {Repr(entry.Value)}"))}}}",
        ConfigList list => $"[{string.Join(", ", list.Items.Select(Repr))}]",
        ConfigScalar scalar => Repr(scalar.Value),
        _ => "",
    };

    private static string Repr(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        long whole => whole.ToString(CultureInfo.InvariantCulture),
        BigInteger big => big.ToString(CultureInfo.InvariantCulture),
        double number => Float(number),
        string text => Quoted(text),
        _ => "",
    };

    /// <summary>The shortest digits that read back as the number; an exponent below 1e-4 and from 1e16.</summary>
    public static string Float(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }

        var size = Math.Abs(number);
        if (size != 0 && (size < 1e-4 || size >= 1e16))
        {
            var parts = number.ToString("E16", CultureInfo.InvariantCulture);
            for (var digits = 0; digits < 17; digits++)
            {
                parts = number.ToString($"E{digits}", CultureInfo.InvariantCulture);
                if (double.Parse(parts, CultureInfo.InvariantCulture).Equals(number))
                {
                    break;
                }
            }

            var exponent = parts.IndexOf('E', StringComparison.Ordinal);
            return $"{parts[..exponent]}e{parts[exponent + 1]}{parts[(exponent + 2)..].TrimStart('0').PadLeft(2, '0')}";
        }

        var plain = number.ToString("R", CultureInfo.InvariantCulture);
        plain = plain.Contains('E', StringComparison.Ordinal) ? number.ToString("0.################", CultureInfo.InvariantCulture) : plain;
        return plain.Contains('.', StringComparison.Ordinal) ? plain : plain + ".0";
    }

    private static string Quoted(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var quoted = new StringBuilder().Append(quote);
        foreach (var character in text)
        {
            quoted.Append(character switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when character == quote => "\\" + quote,
                < ' ' or '\x7f' => $"\\x{(int)character:x2}",
                _ => character.ToString(),
            });
        }

        return quoted.Append(quote).ToString();
    }
}
