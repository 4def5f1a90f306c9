using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Pipelines.Authoring;
using MlOps.Pipelines.Definitions;
using MlOps.Steps.Project;

namespace MlOps.Steps.References;

/// <summary>What the pipelines of a repo refer to; copies are in <c>.mlops/references</c>.</summary>
internal static class ComponentReferences
{
    /// <summary>Of the definitions in YAML.</summary>
    public static Task<ImmutableDictionary<string, string?>> FetchAsync(DeliveryContext context, ICollection<Problem> problems, CancellationToken cancel) =>
        FetchAsync(context, Of(context.Project), problems, cancel);

    /// <summary>
    /// Of the definitions that the programs in C# handed over when they were last compiled: what they name now is known once they
    /// have run, and then told.
    /// </summary>
    public static Task<ImmutableDictionary<string, string?>> FetchLastAsync(DeliveryContext context, CancellationToken cancel) =>
        FetchAsync(context, Last(context), [], cancel);

    public static Task<ImmutableDictionary<string, string?>> FetchAsync(DeliveryContext context, IReadOnlyList<ComponentReference> references, ICollection<Problem> problems, CancellationToken cancel) =>
        new ReferenceFetch(context.Endpoint, context.Workspace.PathOf("references")).FetchAsync(references, problems, cancel);

    /// <summary>The definition that a program in C# hands over.</summary>
    public static string HandedOver(DeliveryContext context, PipelineSource source) => context.Workspace.PathOf("compiled", source.Name + ".yaml");

    private static ImmutableArray<ComponentReference> Last(DeliveryContext context) =>
    [
        .. context.Project.Pipelines.Values
            .Where(pipeline => pipeline.Compiler == "csharp" && File.Exists(HandedOver(context, pipeline)))
            .SelectMany(pipeline => AuthoredDefinition.References(File.ReadAllText(HandedOver(context, pipeline)), pipeline.Source))
            .DistinctBy(reference => reference.Text),
    ];

    private static ImmutableArray<ComponentReference> Of(ProjectFile project) =>
        [.. project.Pipelines.Values.Where(pipeline => pipeline.Compiler == "yaml").SelectMany(pipeline => Pipelines.Definitions.References.In(pipeline.Source)).DistinctBy(reference => reference.Text)];
}
