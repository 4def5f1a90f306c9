using System.Collections.Immutable;

namespace MlOps.CloudBuild.Substitutions.Expansion;

/// <summary>A piece of a word. Quoted text is taken literally where the word is a pattern.</summary>
internal abstract record Part;

/// <summary>Text as it will stand in the result; quotes and escapes are gone already.</summary>
internal sealed record TextPart(string Text, bool Quoted) : Part;

/// <summary><c>$KEY</c> or <c>${KEY…}</c>.</summary>
/// <param name="Offset">Of the <c>$</c> in the value.</param>
/// <param name="Length">Of the whole expansion, braces included.</param>
internal sealed record ParameterPart(string Key, Operation Operation, bool Quoted, int Offset, int Length) : Part;

/// <summary>What stands between the key and the closing brace.</summary>
internal abstract record Operation
{
    /// <summary>The words inside.</summary>
    public virtual IEnumerable<ImmutableArray<Part>> Words => [];

    /// <summary>Says itself what happens without a value, so that a missing one is no mistake.</summary>
    public virtual bool MindsMissing => false;
}

/// <summary>Just the value.</summary>
internal sealed record PlainValue : Operation;

/// <summary><c>${#KEY}</c>: how many code points.</summary>
internal sealed record ValueLength : Operation;

/// <summary><c>-</c>, <c>+</c>, <c>=</c> and <c>?</c>, with or without a colon.</summary>
/// <param name="EmptyIsMissing">With a colon an empty value counts as none.</param>
internal sealed record WhenMissing(char Kind, bool EmptyIsMissing, ImmutableArray<Part> Word) : Operation
{
    public override IEnumerable<ImmutableArray<Part>> Words => [Word];

    public override bool MindsMissing => true;
}

/// <summary><c>#</c>, <c>##</c>, <c>%</c> and <c>%%</c>.</summary>
internal sealed record Trim(bool FromEnd, bool Longest, ImmutableArray<Part> Pattern) : Operation
{
    public override IEnumerable<ImmutableArray<Part>> Words => [Pattern];
}

/// <summary><c>/</c> and <c>//</c>; a pattern's leading <c>#</c> or <c>%</c> ties a single replacement to the start or the end.</summary>
internal sealed record Replace(bool All, ImmutableArray<Part> Pattern, ImmutableArray<Part> Replacement) : Operation
{
    public override IEnumerable<ImmutableArray<Part>> Words => [Pattern, Replacement];
}

/// <summary><c>:offset</c> and <c>:offset:length</c>, both arithmetic.</summary>
internal sealed record Slice(ImmutableArray<Part> Start, ImmutableArray<Part>? Length) : Operation
{
    public override IEnumerable<ImmutableArray<Part>> Words => Length is { } length ? [Start, length] : [Start];
}

/// <summary><c>^</c>, <c>^^</c>, <c>,</c>, <c>,,</c>, <c>~</c> and <c>~~</c>: the case of the first or of all code points that match.</summary>
/// <param name="Pattern">Null: every code point.</param>
internal sealed record ChangeCase(char Kind, bool All, ImmutableArray<Part>? Pattern) : Operation
{
    public override IEnumerable<ImmutableArray<Part>> Words => Pattern is { } pattern ? [pattern] : [];
}

/// <summary><c>@U</c>, <c>@u</c>, <c>@L</c> and <c>@Q</c>.</summary>
internal sealed record Transform(char Kind) : Operation;

/// <summary>An expansion that cannot be read or evaluated.</summary>
/// <param name="offset">In the value; -1 where it is the whole.</param>
internal sealed class ExpansionException(string message, int offset) : Exception(message)
{
    public int Offset => offset;
}
