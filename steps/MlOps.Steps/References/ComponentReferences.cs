using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Pipelines.Definitions;
using MlOps.Steps.Project;

namespace MlOps.Steps.References;

/// <summary>What the pipelines of a repo refer to; copies are in <c>.mlops/references</c>.</summary>
internal static class ComponentReferences
{
    /// <summary>Of the definitions in YAML.</summary>
    public static Task<ImmutableDictionary<string, string?>> FetchAsync(DeliveryContext context, ICollection<Problem> problems, CancellationToken cancel) =>
        FetchAsync(context, Of(context.Project), problems, cancel);

    public static Task<ImmutableDictionary<string, string?>> FetchAsync(DeliveryContext context, IReadOnlyList<ComponentReference> references, ICollection<Problem> problems, CancellationToken cancel) =>
        new ReferenceFetch(context.Endpoint, context.Workspace.PathOf("references")).FetchAsync(references, problems, cancel);

    private static ImmutableArray<ComponentReference> Of(ProjectFile project) =>
        [.. project.Pipelines.Values.Where(pipeline => pipeline.Compiler == "yaml").SelectMany(pipeline => Pipelines.Definitions.References.In(pipeline.Source)).DistinctBy(reference => reference.Text)];
}
