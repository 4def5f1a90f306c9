using System.Collections.Immutable;

namespace MlOps.Pipelines.Comparing;

/// <summary>What became of something.</summary>
public enum ChangeKind
{
    Added,
    Removed,
    Renamed,
    Changed,
}

/// <summary>The parts of a pipeline, in the order in which their changes are told.</summary>
public enum PipelinePart
{
    Pipeline,
    Images,
    Inputs,
    Tasks,
    Groups,
    Outputs,
}

/// <summary>One thing in which two pipelines differ.</summary>
/// <param name="Subject">An input's, output's or task's name, an image's repository, or a group in words.</param>
/// <param name="Field">What of it changed: <c>inputs.rows</c>, <c>retry</c>, <c>env.LOG</c>; null where all of it is new or gone.</param>
/// <param name="Before">In words; null where there was nothing. May have many lines.</param>
/// <param name="After">In words; null where there is nothing any more.</param>
public sealed record PipelineChange(PipelinePart Part, ChangeKind Kind, string Subject, string? Field, string? Before, string? After)
{
    /// <summary>The tasks of an image or a group.</summary>
    public ImmutableArray<string> Tasks { get; init; } = [];
}
