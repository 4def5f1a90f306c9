using System.Collections.Immutable;

namespace MlOps.Core.Patterns;

/// <summary>A regular expression, taken apart. Greed and groups do not matter for whether a text matches, so they are not kept.</summary>
internal abstract record Re2Node
{
    public sealed record Letter(RuneSet Set) : Re2Node;

    public sealed record Place(Re2Place Kind) : Re2Node;

    public sealed record Sequence(ImmutableArray<Re2Node> Parts) : Re2Node;

    public sealed record Choice(ImmutableArray<Re2Node> Branches) : Re2Node;

    /// <param name="Most">-1 without a limit.</param>
    /// <param name="Counted">Written with braces.</param>
    public sealed record Repeat(Re2Node Of, int Least, int Most, bool Counted) : Re2Node;

    public static Re2Node Empty { get; } = new Sequence([]);

    /// <summary>Whether counted repetitions, one in another, stay below a number of copies (Go's limit for what a pattern may cost).</summary>
    public bool CostsAtMost(int copies)
    {
        switch (this)
        {
            case Repeat { Counted: true } repeat:
                var most = repeat.Most < 0 ? repeat.Least : repeat.Most;
                return repeat.Most == 0 || (most <= copies && repeat.Of.CostsAtMost(most > 0 ? copies / most : copies));
            case Repeat repeat:
                return repeat.Of.CostsAtMost(copies);
            case Sequence sequence:
                return sequence.Parts.All(part => part.CostsAtMost(copies));
            case Choice choice:
                return choice.Branches.All(branch => branch.CostsAtMost(copies));
            default:
                return true;
        }
    }
}

/// <summary>What holds at a place between two letters.</summary>
internal enum Re2Place
{
    TextBegin,
    TextEnd,
    LineBegin,
    LineEnd,
    WordEdge,
    NoWordEdge,
}
