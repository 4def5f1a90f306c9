using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MlOps.Pipelines.Outlines;

/// <summary>Where a value comes from in the end, past all boxes that only hand it on.</summary>
internal abstract record OutlineSource
{
    /// <summary>An input of the pipeline.</summary>
    public sealed record Input(string Name, bool IsArtifact) : OutlineSource;

    /// <summary>An output of a task that runs.</summary>
    public sealed record Output(OutlineNode Task, string Key, bool IsArtifact) : OutlineSource;

    /// <summary>Of the one that ran.</summary>
    public sealed record OneOf(ImmutableArray<OutlineSource> Sources) : OutlineSource;

    /// <summary>A list with one value an iteration.</summary>
    public sealed record Collected(OutlineSource Of) : OutlineSource;

    /// <summary>The item of a loop around it.</summary>
    public sealed record Item(OutlineNode Loop, bool IsArtifact) : OutlineSource;

    public sealed record Status(OutlineNode? Of) : OutlineSource;

    public sealed record Part(OutlineSource Of, string Selector) : OutlineSource;

    /// <param name="Value">Strings may hold placeholders of the task that is given it.</param>
    public sealed record Constant(JsonNode? Value, OutlineNode? For) : OutlineSource;

    /// <summary>Nothing is given, or what the IR says leads nowhere.</summary>
    public sealed record Nothing : OutlineSource;

    /// <summary>The inputs and outputs that it is made of.</summary>
    public IEnumerable<OutlineSource> Leaves() => this switch
    {
        OneOf one => one.Sources.SelectMany(source => source.Leaves()),
        Collected collected => collected.Of.Leaves(),
        Part part => part.Of.Leaves(),
        _ => [this],
    };
}
