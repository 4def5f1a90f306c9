using System.Collections.Immutable;

namespace MlOps.Core.Patterns;

/// <summary>A set of code points, as ranges in ascending order that do not touch.</summary>
internal sealed class RuneSet
{
    public const int Last = 0x10FFFF;
    private readonly ImmutableArray<(int From, int To)> _ranges;

    private RuneSet(ImmutableArray<(int From, int To)> ranges) => _ranges = ranges;

    public static RuneSet Any { get; } = Of((0, Last));

    public static RuneSet AnyButNewline { get; } = Of(('\n', '\n')).Negated();

    /// <param name="ranges">Both ends belong to a range; in any order, overlapping or not.</param>
    public static RuneSet Of(params IEnumerable<(int From, int To)> ranges)
    {
        var merged = ImmutableArray.CreateBuilder<(int From, int To)>();
        foreach (var range in ranges.OrderBy(range => range.From))
        {
            if (merged.Count > 0 && range.From <= merged[^1].To + 1)
            {
                merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, range.To));
            }
            else
            {
                merged.Add(range);
            }
        }

        return new RuneSet(merged.ToImmutable());
    }

    public IEnumerable<(int From, int To)> Ranges => _ranges;

    public bool Contains(int rune)
    {
        var (low, high) = (0, _ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (rune < _ranges[middle].From)
            {
                high = middle - 1;
            }
            else if (rune > _ranges[middle].To)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    public RuneSet Negated()
    {
        var holes = new List<(int, int)>();
        var next = 0;
        foreach (var (from, to) in _ranges)
        {
            if (from > next)
            {
                holes.Add((next, from - 1));
            }

            next = to + 1;
        }

        if (next <= Last)
        {
            holes.Add((next, Last));
        }

        return Of(holes);
    }

    /// <summary>With everything that differs from a member by case only.</summary>
    public RuneSet Folded() => Of(_ranges.Concat(_ranges.SelectMany(range => UnicodeTables.CasesOf(range.From, range.To))));
}
