using System.Collections.Immutable;
using System.Globalization;
using MlOps.Core.Images;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>Ids in the metadata store: the same for the same task and output of the same run, so that a repeated attempt or record makes no second one.</summary>
internal static class ArtifactIds
{
    /// <summary>Of a task's execution.</summary>
    public static string Execution(RunFacts run, long task) => Digest.Of(string.Create(CultureInfo.InvariantCulture, $"{run.Uuid}\0{task}")).Hex[..20];

    public static ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> Given(TaskRequest request, ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> outputs) =>
        outputs.ToImmutableSortedDictionary(
            pair => pair.Key,
            pair => pair.Value.Select((artifact, index) => artifact with { Id = Of(request, pair.Key, index) }).ToImmutableArray(),
            StringComparer.Ordinal);

    public static string Of(TaskRequest request, string key, int index) =>
        Digest.Of(string.Create(CultureInfo.InvariantCulture, $"{request.Run.Uuid}\0{request.Task.Id}\0{key}\0{index}")).Hex[..20];
}
