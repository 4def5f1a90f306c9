using System.Collections.Immutable;

namespace MlOps.Core.Drawing;

/// <summary>A graph to be drawn, whatever it is of: boxes with text and arrows between them. Cycles are not allowed.</summary>
/// <param name="Title">For people who cannot see the picture, too.</param>
/// <param name="Edges">By the nodes' indices.</param>
public sealed record GraphPicture(string Title, ImmutableArray<PictureNode> Nodes, ImmutableArray<PictureEdge> Edges);

/// <param name="Details">Lines under the title, in smaller letters.</param>
/// <param name="Emphasized">Drawn so that it is seen first, such as a critical path.</param>
public sealed record PictureNode(string Title, ImmutableArray<string> Details, bool Emphasized = false);

/// <param name="From">Index of the node that comes first.</param>
public sealed record PictureEdge(int From, int To, bool Emphasized = false);
