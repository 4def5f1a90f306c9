using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace MlOps.Pipelines.Authoring;

/// <summary>
/// What an input is given: a literal, a list or map, a <see cref="Reference"/>, or text with references in it
/// (<c>$"run-{label}"</c>, which is filled in when the pipeline runs).
/// </summary>
[InterpolatedStringHandler]
public sealed class Value
{
    private readonly StringBuilder _text;
    private readonly bool _isText;

    /// <summary>For interpolated strings: the compiler calls it.</summary>
    public Value(int literalLength, int formattedCount) =>
        (_text, _isText, Type) = (new StringBuilder(literalLength + (30 * formattedCount)), true, InputType.String);

    private Value(string raw, bool isText, InputType? type) => (_text, _isText, Type) = (new StringBuilder(raw), isText, type);

    /// <summary>No value, for inputs that are optional.</summary>
    public static Value Null { get; } = new("null", isText: false, type: null);

    /// <summary>As YAML on one line.</summary>
    internal string Written => _isText ? YamlWords.Quoted(Raw) : Raw;

    /// <summary>The text itself, or the YAML of what is no text.</summary>
    internal string Raw => _text.ToString();

    /// <summary>Of a literal; null where it is not known here.</summary>
    internal InputType? Type { get; }

    /// <summary>A literal, whose <c>${{</c> is text.</summary>
    public static implicit operator Value(string text) => new(YamlWords.Literal(text), isText: true, InputType.String);

    public static implicit operator Value(long number) => new(number.ToString(CultureInfo.InvariantCulture), isText: false, InputType.Int);

    public static implicit operator Value(int number) => (long)number;

    public static implicit operator Value(double number) => new(YamlWords.Number(number), isText: false, InputType.Float);

    public static implicit operator Value(bool flag) => new(flag ? "true" : "false", isText: false, InputType.Bool);

    public static implicit operator Value(Reference reference) => new(reference.Written, isText: true, type: null);

    public static Value List(params IEnumerable<Value> items) => new($"[{string.Join(", ", items.Select(item => item.Written))}]", isText: false, InputType.List);

    public static Value Map(params IEnumerable<(string Key, Value Value)> entries) =>
        new($"{{{string.Join(", ", entries.Select(entry => $"{YamlWords.Quoted(entry.Key)}: {entry.Value.Written}"))}}}", isText: false, InputType.Dict);

    /// <summary>For interpolated strings.</summary>
    public void AppendLiteral(string text) => _text.Append(YamlWords.Literal(text));

    /// <summary>For interpolated strings: filled in at run time.</summary>
    public void AppendFormatted(Reference reference) => _text.Append(reference.Written);

    /// <summary>For interpolated strings: a value that is known already.</summary>
    public void AppendFormatted<T>(T value) => _text.Append(YamlWords.Literal(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));

    public override string ToString() => Written;
}
