using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>A node as it is written: tags are resolved, merge keys and keys given twice still stand.</summary>
internal abstract class RawNode(string tag, SourceSpot spot)
{
    public string Tag => tag;

    public SourceSpot Spot => spot;

    /// <summary>ruamel's word for it.</summary>
    public abstract string Id { get; }
}

internal sealed class RawScalar(string tag, string text, SourceSpot spot) : RawNode(tag, spot)
{
    public string Text => text;

    public override string Id => "scalar";
}

internal sealed class RawList(string tag, SourceSpot spot) : RawNode(tag, spot)
{
    public List<RawNode> Items { get; } = [];

    public override string Id => "sequence";
}

internal sealed class RawMap(string tag, SourceSpot spot) : RawNode(tag, spot)
{
    public List<(RawNode Key, RawNode Value)> Pairs { get; } = [];

    public override string Id => "mapping";
}
