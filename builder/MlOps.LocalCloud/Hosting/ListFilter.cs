using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.Core.Problems;

namespace MlOps.LocalCloud.Hosting;

/// <summary>What a field of a <see cref="ListFilter{T}"/> is compared as.</summary>
internal abstract record FilterField<T>
{
    /// <summary>Compared by <c>=</c>, <c>!=</c> and <c>:</c>, <c>*</c> standing for anything; of several values one must fit.</summary>
    public sealed record Texts(Func<T, IEnumerable<string>> Of) : FilterField<T>
    {
        /// <summary>The values that there are, by name; null where any text may be one.</summary>
        public IReadOnlyCollection<string>? Names { get; init; }

        public static Texts One(Func<T, string?> of) => new(item => of(item) is { } text ? [text] : []);
    }

    /// <summary>As a text, but <c>:</c> looks for the value anywhere in it, upper and lower case alike.</summary>
    public sealed record Phrase(Func<T, string?> Of) : FilterField<T>;

    /// <summary>Compared by order too; what has no time fits <c>!=</c> only.</summary>
    public sealed record Time(Func<T, Timestamp?> Of) : FilterField<T>;

    /// <summary>Compared by order too; what has no number fits <c>!=</c> only.</summary>
    public sealed record Number(Func<T, double?> Of) : FilterField<T>;
}

/// <summary>
/// <c>filter</c> of a list (AIP-160): comparisons of fields with values, joined by AND and OR (the tighter, as AIP-160 has
/// it), negated by NOT or <c>-</c>, grouped by parentheses; functions of one value where a list has them.
/// </summary>
internal sealed partial class ListFilter<T>
{
    private const int Deepest = 50;
    private readonly string _text;
    private readonly string _example;
    private readonly Func<string, FilterField<T>?> _field;
    private readonly Func<string, Func<string, Func<T, bool>>?> _function;
    private readonly List<string> _tokens;
    private int _at;
    private int _depth;

    private ListFilter(string text, Func<string, FilterField<T>?> field, string example, Func<string, Func<string, Func<T, bool>>?> function) =>
        (_text, _field, _example, _function, _tokens) = (text, field, example, function, [.. Token().Matches(text).Select(match => match.Value)]);

    /// <param name="field">A field by its path; null for one that there is not.</param>
    /// <param name="example">Told to whom wrote a filter that cannot be read.</param>
    /// <param name="function">A function by its name, such as <c>in_context("…")</c>; null for one that there is not.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT: the filter cannot be read.</exception>
    public static Func<T, bool> Parse(string text, Func<string, FilterField<T>?> field, string example, Func<string, Func<string, Func<T, bool>>?>? function = null)
    {
        if (text.Trim().Length == 0)
        {
            return _ => true;
        }

        var filter = new ListFilter<T>(text, field, example, function ?? (_ => null));
        var result = filter.All();
        return filter._at == filter._tokens.Count ? result : throw filter.Fault();
    }

    private Func<T, bool> All()
    {
        var all = new List<Func<T, bool>> { Any() };
        while (Took("AND") || (_at < _tokens.Count && _tokens[_at] != ")"))
        {
            all.Add(Any());
        }

        return all is [var only] ? only : item => all.TrueForAll(one => one(item));
    }

    private Func<T, bool> Any()
    {
        var any = new List<Func<T, bool>> { One() };
        while (Took("OR"))
        {
            any.Add(One());
        }

        return any is [var only] ? only : item => any.Exists(one => one(item));
    }

    private Func<T, bool> One()
    {
        if (++_depth > Deepest)
        {
            throw Fault($" It is nested deeper than {Deepest} levels.");
        }

        try
        {
            if (Took("NOT") || Took("-"))
            {
                var negated = One();
                return item => !negated(item);
            }

            if (Took("("))
            {
                var inner = All();
                return Took(")") ? inner : throw Fault();
            }

            return Function() ?? Comparison();
        }
        finally
        {
            _depth--;
        }
    }

    private Func<T, bool>? Function()
    {
        if (_at + 4 > _tokens.Count || _tokens[_at + 1] != "(" || _tokens[_at + 3] != ")")
        {
            return null;
        }

        var function = _function(_tokens[_at]) ?? throw Fault($" There is no function '{_tokens[_at]}'.");
        _at += 4;
        return function(Unquoted(_tokens[_at - 2]));
    }

    private Func<T, bool> Comparison()
    {
        if (_at + 3 > _tokens.Count)
        {
            throw Fault();
        }

        var (name, comparison, value) = (_tokens[_at++], _tokens[_at++], Unquoted(_tokens[_at++]));
        var field = _field(name.Length > 1 && name[0] == '-' ? name[1..] : name) ?? throw Fault($" There is no field '{name}'.");
        if (field is FilterField<T>.Texts { Names: { } names } && !value.Contains('*', StringComparison.Ordinal) && !names.Contains(value, StringComparer.Ordinal))
        {
            throw Fault($" '{value}' is no value of '{name}'.{Suggestion.For(value, names)}");
        }

        var isNegated = name.Length > 1 && name[0] == '-';
        var compared = field switch
        {
            FilterField<T>.Time time when Time(value) is var moment => Ordered(item => time.Of(item)?.CompareTo(moment), comparison),
            FilterField<T>.Number number when Number(value) is var sought => Ordered(item => number.Of(item)?.CompareTo(sought), comparison),
            FilterField<T>.Phrase phrase when comparison == ":" && value != "*" => item => phrase.Of(item)?.Contains(value, StringComparison.OrdinalIgnoreCase) is true,
            FilterField<T>.Phrase phrase => Texts(FilterField<T>.Texts.One(phrase.Of).Of, comparison, value),
            FilterField<T>.Texts texts => Texts(texts.Of, comparison, value),
            _ => throw new NotSupportedException(),
        };
        return isNegated ? item => !compared(item) : compared;
    }

    private Func<T, bool> Texts(Func<T, IEnumerable<string>> of, string comparison, string value)
    {
        var pattern = new Regex("^" + Regex.Escape(value).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.Singleline | RegexOptions.NonBacktracking);
        return comparison switch
        {
            "=" or ":" => item => of(item).Any(pattern.IsMatch),
            "!=" => item => !of(item).Any(pattern.IsMatch),
            _ => throw Fault(),
        };
    }

    private Timestamp Time(string text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        ? time.ToTimestamp()
        : throw Fault($" '{text}' is not a time.");

    private double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Fault($" '{text}' is not a number.");

    /// <param name="compared">An item's value with the one that was given; null where it has none.</param>
    private Func<T, bool> Ordered(Func<T, int?> compared, string comparison) => comparison switch
    {
        "=" => item => compared(item) == 0,
        "!=" => item => compared(item) != 0,
        "<" => item => compared(item) < 0,
        "<=" => item => compared(item) <= 0,
        ">" => item => compared(item) > 0,
        ">=" => item => compared(item) >= 0,
        _ => throw Fault(),
    };

    private bool Took(string token)
    {
        var took = _at < _tokens.Count && _tokens[_at] == token;
        _at += took ? 1 : 0;
        return took;
    }

    private static string Unquoted(string text) => text.Length >= 2 && text[0] is '"' or '\'' ? text[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal) : text;

    private RpcException Fault(string why = "") => Rpc.Invalid($"The filter `{_text}` cannot be read.{why} Expected comparisons such as {_example}, joined by AND, OR, NOT.");

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|'[^']*'|!=|<=|>=|[=<>:()]|(?:[^\s"'=<>!:()]|(?<=\.)"[^"]*")+
        """)]
    private static partial Regex Token();
}
