using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MlOps.Core.Yaml;

/// <summary>JSON values as YAML that readers of YAML 1.1 and 1.2 take for the same values.</summary>
public static partial class YamlWriter
{
    /// <summary>One document in block style, indented by 2, keys in their order.</summary>
    public static string Write(JsonNode? document)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024, skipAnchorName: true));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, document);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
                foreach (var (key, value) in map)
                {
                    emitter.Emit(Scalar(key));
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
                foreach (var item in list)
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                emitter.Emit(Scalar(value.GetValue<string>()));
                break;
            default:
                emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, Plain(node), ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false));
                break;
        }
    }

    // YAML 1.1 takes 1e-05 for a text: its numbers with an exponent have a point and a sign (yaml.org/type/float.html).
    private static string Plain(JsonNode? node) => node is null ? "null" : Exponent().Replace(node.ToJsonString(), match =>
        $"{match.Groups["digits"].Value}{(match.Groups["digits"].Value.Contains('.', StringComparison.Ordinal) ? "" : ".0")}e{(match.Groups["sign"].Value is "-" ? "-" : "+")}{match.Groups["power"].Value}");

    [GeneratedRegex(@"\A(?<digits>-?[0-9.]+)[eE](?<sign>[+-]?)(?<power>[0-9]+)\z")]
    private static partial Regex Exponent();

    /// <summary>Plain only where no reader of YAML 1.1 can take it for a number, a date or a truth value.</summary>
    private static Scalar Scalar(string text)
    {
        var style = Word().IsMatch(text) && !TruthValue().IsMatch(text) ? ScalarStyle.Plain
            : text.Contains('\n', StringComparison.Ordinal) && !Unprintable().IsMatch(text) ? ScalarStyle.Literal
            : ScalarStyle.DoubleQuoted;
        return new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: style == ScalarStyle.Plain, isQuotedImplicit: true);
    }

    [GeneratedRegex(@"\A[A-Za-z_/][A-Za-z0-9_./@-]*(:[A-Za-z0-9_./@-]+)*\z")]
    private static partial Regex Word();

    [GeneratedRegex(@"\A(y|n|yes|no|on|off|true|false|null)\z", RegexOptions.IgnoreCase)]
    private static partial Regex TruthValue();

    /// <summary>What a literal block cannot hold, or a reader may fold: other characters than text, and lines that begin or end with blanks.</summary>
    [GeneratedRegex(@"[^\n\x20-\x7E\u00A1-\u1FFF\u2030-\uD7FF\uE000-\uFEFE]|[ ]\n|[ ]\z|\A[ \n]|\n\n\z|\A\n")]
    private static partial Regex Unprintable();
}
