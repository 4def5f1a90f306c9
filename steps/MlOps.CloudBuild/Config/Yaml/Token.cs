using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config.Yaml;

internal enum TokenKind
{
    StreamEnd,
    Directive,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    FlowEntry,
    BlockEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    Scalar,
}

/// <summary>A piece of YAML's syntax.</summary>
/// <param name="Text">A scalar's text, an anchor's or directive's name, a tag's suffix.</param>
/// <param name="Handle">A tag's handle (null for a verbatim one); a directive's value.</param>
/// <param name="Plain">A scalar without quotes.</param>
internal readonly record struct Token(TokenKind Kind, SourceSpot Spot, string Text = "", string? Handle = null, bool Plain = false)
{
    /// <summary>ruamel's name for it, as its messages have it.</summary>
    public string Id => Kind switch
    {
        TokenKind.StreamEnd => "<stream end>",
        TokenKind.Directive => "<directive>",
        TokenKind.DocumentStart => "<document start>",
        TokenKind.DocumentEnd => "<document end>",
        TokenKind.BlockSequenceStart => "<block sequence start>",
        TokenKind.BlockMappingStart => "<block mapping start>",
        TokenKind.BlockEnd => "<block end>",
        TokenKind.FlowSequenceStart => "[",
        TokenKind.FlowSequenceEnd => "]",
        TokenKind.FlowMappingStart => "{",
        TokenKind.FlowMappingEnd => "}",
        TokenKind.FlowEntry => ",",
        TokenKind.BlockEntry => "-",
        TokenKind.Key => "?",
        TokenKind.Value => ":",
        TokenKind.Alias => "<alias>",
        TokenKind.Anchor => "<anchor>",
        TokenKind.Tag => "<tag>",
        _ => "<scalar>",
    };
}
