using System.Collections.Immutable;
using System.Text;

namespace MlOps.CloudBuild.Substitutions.Expansion;

/// <summary>What a value's expansions give. Lengths, offsets and case are those of code points, as bash counts them in a UTF-8 locale.</summary>
/// <param name="lookup">The final value of a key; null where it has none.</param>
internal sealed class ExpansionEvaluator(Func<string, string?> lookup)
{
    /// <summary>What <c>${KEY:=word}</c> has set, for the rest of this value.</summary>
    private readonly Dictionary<string, string> _assigned = new(StringComparer.Ordinal);

    /// <exception cref="ExpansionException">An expansion that cannot be evaluated; its offset is that of the expansion.</exception>
    public string Evaluate(ImmutableArray<Part> word) => string.Concat(Flatten(word).Select(part => part.Text));

    /// <summary>The word as text alone; what is quoted stays so.</summary>
    private ImmutableArray<TextPart> Flatten(ImmutableArray<Part> word) =>
        [.. word.SelectMany(part => part is ParameterPart parameter ? Expand(parameter) : [(TextPart)part])];

    private ImmutableArray<TextPart> Expand(ParameterPart part) => part.Operation is WhenMissing choice
        ? Choose(part, choice)
        : [new TextPart(Apply(part, Value(part.Key)), part.Quoted)];

    private string? Value(string key) => _assigned.GetValueOrDefault(key) ?? lookup(key);

    private ImmutableArray<TextPart> Choose(ParameterPart part, WhenMissing choice)
    {
        var value = Value(part.Key);
        var missing = value is null || (choice.EmptyIsMissing && value.Length == 0);
        switch (choice.Kind)
        {
            case '+':
                return missing ? [new TextPart("", part.Quoted)] : Word();
            case '-' when missing:
                return Word();
            case '=' when missing:
                _assigned[part.Key] = Evaluate(choice.Word);
                return [new TextPart(_assigned[part.Key], part.Quoted)];
            case '?' when missing:
                var message = Evaluate(choice.Word);
                throw new ExpansionException($"'{part.Key}' has no value: {(message.Length > 0 ? message : "and must have one")}", part.Offset);
            default:
                return [new TextPart(value!, part.Quoted)];
        }

        ImmutableArray<TextPart> Word() => part.Quoted ? [new TextPart(Evaluate(choice.Word), Quoted: true)] : Flatten(choice.Word);
    }

    private string Apply(ParameterPart part, string? value) => part.Operation switch
    {
        PlainValue => value ?? "",
        ValueLength => Runes(value ?? "").Length.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ when value is null => "",
        Trim trim => TrimValue(trim, Runes(value)),
        Replace replace => ReplaceIn(replace, Runes(value)),
        Slice slice => SliceOf(part, slice, Runes(value)),
        ChangeCase change => CaseOf(change, Runes(value)),
        Transform { Kind: 'U' } => Text([.. Runes(value).Select(Rune.ToUpperInvariant)]),
        Transform { Kind: 'L' } => Text([.. Runes(value).Select(Rune.ToLowerInvariant)]),
        _ => Text([.. Runes(value).Select((rune, index) => index == 0 ? Rune.ToUpperInvariant(rune) : rune)]),
    };

    private string TrimValue(Trim trim, Rune[] value)
    {
        var pattern = GlobPattern.Parse(Glyphs(trim.Pattern));
        var length = trim.FromEnd ? pattern.MatchAtEnd(value, trim.Longest) : pattern.MatchAtStart(value, trim.Longest);
        return length < 0 ? Text(value) : trim.FromEnd ? Text(value[..^length]) : Text(value[length..]);
    }

    private string ReplaceIn(Replace replace, Rune[] value)
    {
        var glyphs = Glyphs(replace.Pattern);
        var replacement = Evaluate(replace.Replacement);
        if (!replace.All && glyphs.Length > 0 && (glyphs[0].Is('#') || glyphs[0].Is('%')))
        {
            return ReplaceAnEnd(GlobPattern.Parse(glyphs.AsSpan(1)), glyphs[0].Is('%'), value, replacement);
        }

        if (glyphs.Length == 0)
        {
            return Text(value);
        }

        var pattern = GlobPattern.Parse(glyphs);
        if (value.Length == 0)
        {
            return pattern.Matches(value) ? replacement : "";
        }

        var result = new StringBuilder();
        for (var at = 0; at < value.Length;)
        {
            var length = pattern.MatchAtStart(value.AsSpan(at), longest: true);
            result.Append(length > 0 ? replacement : value[at].ToString());
            at += Math.Max(length, 1);
            if (length > 0 && !replace.All)
            {
                return result.Append(Text(value[at..])).ToString();
            }
        }

        return result.ToString();
    }

    private static string ReplaceAnEnd(GlobPattern pattern, bool end, Rune[] value, string replacement)
    {
        var length = end ? pattern.MatchAtEnd(value, longest: true) : pattern.MatchAtStart(value, longest: true);
        return length < 0 ? Text(value) : end ? Text(value[..^length]) + replacement : replacement + Text(value[length..]);
    }

    private string SliceOf(ParameterPart part, Slice slice, Rune[] value)
    {
        var start = Number(part, slice.Start);
        start += start < 0 ? value.Length : 0;
        if (start < 0 || start > value.Length)
        {
            return "";
        }

        var end = (long)value.Length;
        if (slice.Length is { } word)
        {
            var length = Number(part, word);
            end = length < 0 ? value.Length + length : Math.Min(value.Length, length > value.Length ? value.Length : start + length);
            if (end < start)
            {
                throw new ExpansionException($"the length {length} of '{part.Key}' ends before its start; it has {value.Length} characters", part.Offset);
            }
        }

        return Text(value[(int)start..(int)end]);
    }

    private long Number(ParameterPart part, ImmutableArray<Part> word)
    {
        try
        {
            return Arithmetic.Evaluate(Evaluate(word), Value);
        }
        catch (FormatException error)
        {
            throw new ExpansionException($"an offset or length of '{part.Key}' cannot be computed: {error.Message}", part.Offset);
        }
    }

    private string CaseOf(ChangeCase change, Rune[] value)
    {
        var pattern = change.Pattern is { } word ? Flatten(word) : [];
        // A pattern that expands to nothing is none, unless it is quoted.
        var glyphs = Glyphs(pattern);
        var test = glyphs.Length == 0 && !pattern.Any(part => part.Quoted) ? null : GlobPattern.Parse(glyphs);
        return Text([.. value.Select((rune, index) => (index == 0 || change.All) && (test is null || test.Matches([rune])) ? Changed(change.Kind, rune) : rune)]);
    }

    private static Rune Changed(char kind, Rune rune) => kind switch
    {
        '^' => Rune.ToUpperInvariant(rune),
        ',' => Rune.ToLowerInvariant(rune),
        _ => Rune.IsUpper(rune) ? Rune.ToLowerInvariant(rune) : Rune.ToUpperInvariant(rune),
    };

    private Glyph[] Glyphs(ImmutableArray<Part> word) => Glyphs(Flatten(word));

    private static Glyph[] Glyphs(ImmutableArray<TextPart> parts) => [.. parts.SelectMany(part => part.Text.EnumerateRunes().Select(rune => new Glyph(rune, part.Quoted)))];

    private static Rune[] Runes(string text) => [.. text.EnumerateRunes()];

    private static string Text(ReadOnlySpan<Rune> runes)
    {
        var text = new StringBuilder(runes.Length);
        foreach (var rune in runes)
        {
            text.Append(rune.ToString());
        }

        return text.ToString();
    }
}
