using System.Collections.Immutable;

namespace MlOps.Core.Drawing;

/// <summary>A graph to be drawn, whatever it is of: nodes with text, arrows between them, groups around them. Cycles are not allowed, nor an arrow between a group and what is in it.</summary>
/// <param name="Title">For people who cannot see the picture, too.</param>
/// <param name="Edges">By the nodes' indices.</param>
public sealed record GraphPicture(string Title, ImmutableArray<PictureNode> Nodes, ImmutableArray<PictureEdge> Edges)
{
    /// <summary>Each after the one that it is in.</summary>
    public ImmutableArray<PictureGroup> Groups { get; init; } = [];
}

/// <summary>What a node stands for: something that happens, or something that is handed on.</summary>
public enum PictureShape
{
    Box,
    Parameter,
    Artifact,
}

/// <summary>What an arrow stands for: order alone, or what is handed on.</summary>
public enum PictureLine
{
    Order,
    Parameter,
    Artifact,

    /// <summary>An order that holds whatever happens.</summary>
    Always,
}

/// <param name="Details">Lines under the title, in smaller letters.</param>
/// <param name="Emphasized">Drawn so that it is seen first, such as a critical path.</param>
public sealed record PictureNode(string Title, ImmutableArray<string> Details, bool Emphasized = false)
{
    public PictureShape Shape { get; init; }

    /// <summary>The index of the group that it is in.</summary>
    public int? Group { get; init; }

    /// <summary>Drawn just above what it leads to, not at the top.</summary>
    public bool IsNear { get; init; }
}

/// <param name="Details">Lines under the title.</param>
/// <param name="Parent">The index of the group that it is in.</param>
public sealed record PictureGroup(string Title, ImmutableArray<string> Details, int? Parent = null);

/// <param name="From">Index of the node, or group, that comes first.</param>
public sealed record PictureEdge(int From, int To, bool Emphasized = false)
{
    public bool IsFromGroup { get; init; }

    public bool IsToGroup { get; init; }

    public PictureLine Line { get; init; }

    /// <summary>What is handed on.</summary>
    public string? Label { get; init; }
}
