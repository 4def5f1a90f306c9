using MlOps.Core.Problems;

namespace MlOps.Pipelines.Authoring;

/// <summary>A block of tasks that is open until it is disposed of: <c>using (pipeline.If(…)) { … }</c>.</summary>
public class Scope : IDisposable
{
    private readonly Pipeline _pipeline;

    internal Scope(Pipeline pipeline, Section tasks, SourceSpot spot) => (_pipeline, Tasks, Spot) = (pipeline, tasks, spot);

    internal Section Tasks { get; }

    internal SourceSpot Spot { get; }

    /// <summary>The choice that an <c>ElseIf</c> or <c>Else</c> here goes on with: the last thing in this block.</summary>
    internal Choice? Last { get; set; }

    public void Dispose()
    {
        _pipeline.Close(this);
        GC.SuppressFinalize(this);
    }
}

/// <summary>The tasks that run once for each item of a list.</summary>
public sealed class Loop : Scope
{
    internal Loop(Pipeline pipeline, Section tasks, SourceSpot spot, Reference item)
        : base(pipeline, tasks, spot) => Item = item;

    /// <summary>The item; <c>Item["field"]</c> where items are maps.</summary>
    public Reference Item { get; }
}

/// <summary>The branches of an If, so far.</summary>
internal sealed class Choice
{
    public List<(SourceSpot Spot, Section Map)> Branches { get; } = [];

    public bool HasElse { get; set; }
}
