using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace MlOps.Core.Patterns;

/// <summary>What <c>\p{…}</c> and <c>(?i)</c> mean: general categories, scripts, and letters that differ by case only.</summary>
internal static class UnicodeTables
{
    // Beyond these no letter has another case.
    private const int FirstWithCase = 'A';
    private const int LastWithCase = 0x1E943;

    /// <summary>Letters with more than one other case, or one that .NET does not know (CaseFolding.txt, simple foldings).</summary>
    private const string Families = """
        4B 6B 212A/53 73 17F/B5 39C 3BC/C5 E5 212B/DF 1E9E/1C4 1C5 1C6/1C7 1C8 1C9/1CA 1CB 1CC/1F1 1F2 1F3/345 399 3B9 1FBE/392 3B2 3D0/
        395 3B5 3F5/398 3B8 3D1 3F4/39A 3BA 3F0/3A0 3C0 3D6/3A1 3C1 3F1/3A3 3C2 3C3/3A6 3C6 3D5/3A9 3C9 2126/412 432 1C80/414 434 1C81/
        41E 43E 1C82/421 441 1C83/422 442 1C84 1C85/42A 44A 1C86/462 463 1C87/1C88 A64A A64B/1E60 1E61 1E9B
        """;

    private static readonly Lazy<FrozenDictionary<int, int[]>> Cases = new(ReadCases);
    private static readonly Lazy<FrozenDictionary<string, RuneSet>> Scripts = new(ReadScripts);
    private static readonly Lazy<FrozenDictionary<string, RuneSet>> Categories = new(ReadCategories);

    /// <summary>A category (<c>L</c>, <c>Lu</c>), a script (<c>Greek</c>) or <c>Any</c>; null for any other name.</summary>
    public static RuneSet? Named(string name) => name == "Any" ? RuneSet.Any
        : Categories.Value.TryGetValue(name, out var category) ? category
        : Scripts.Value.GetValueOrDefault(name);

    public static IEnumerable<(int, int)> CasesOf(int from, int to)
    {
        for (var rune = Math.Max(from, FirstWithCase); rune <= Math.Min(to, LastWithCase); rune++)
        {
            foreach (var other in Cases.Value.GetValueOrDefault(rune, []))
            {
                yield return (other, other);
            }
        }
    }

    private static FrozenDictionary<int, int[]> ReadCases()
    {
        var cases = new Dictionary<int, int[]>();
        for (var rune = FirstWithCase; rune <= LastWithCase; rune++)
        {
            if (Rune.TryCreate(rune, out var letter))
            {
                int[] others = [.. new[] { Rune.ToLowerInvariant(letter).Value, Rune.ToUpperInvariant(letter).Value }.Where(other => other != rune).Distinct()];
                if (others.Length > 0)
                {
                    cases[rune] = others;
                }
            }
        }

        foreach (var family in Families.Split(['/'], StringSplitOptions.TrimEntries).Select(text => text.Split(' ').Select(Hex).ToArray()))
        {
            foreach (var member in family)
            {
                cases[member] = [.. family.Where(other => other != member)];
            }
        }

        return cases.ToFrozenDictionary();
    }

    private static FrozenDictionary<string, RuneSet> ReadScripts()
    {
        using var reader = new StreamReader(typeof(UnicodeTables).Assembly.GetManifestResourceStream("Scripts.txt")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Select(line => line.Split(' '))
            .ToFrozenDictionary(words => words[0], words => RuneSet.Of(words[1..].Select(Range)), StringComparer.Ordinal);
    }

    /// <summary>Unassigned code points are in no category, as Go has it.</summary>
    private static FrozenDictionary<string, RuneSet> ReadCategories()
    {
        var ranges = new Dictionary<string, List<(int, int)>>(StringComparer.Ordinal);
        for (var rune = 0; rune <= RuneSet.Last; rune++)
        {
            if (Abbreviation(CharUnicodeInfo.GetUnicodeCategory(rune)) is not { } name)
            {
                continue;
            }

            foreach (var key in new[] { name, name[..1] })
            {
                var list = ranges.TryGetValue(key, out var known) ? known : ranges[key] = [];
                if (list.Count > 0 && list[^1].Item2 == rune - 1)
                {
                    list[^1] = (list[^1].Item1, rune);
                }
                else
                {
                    list.Add((rune, rune));
                }
            }
        }

        return ranges.ToFrozenDictionary(pair => pair.Key, pair => RuneSet.Of(pair.Value), StringComparer.Ordinal);
    }

    private static string? Abbreviation(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.Surrogate => "Cs",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        _ => null,
    };

    private static (int, int) Range(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? (Hex(text), Hex(text)) : (Hex(text[..dash]), Hex(text[(dash + 1)..]));
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
