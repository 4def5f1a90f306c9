using System.Collections.Immutable;
using System.Globalization;
using MlOps.Core.Images;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>Ids in the metadata store for new artifacts: the same for the same output of the same task, so that a repeated attempt makes no second one.</summary>
internal static class ArtifactIds
{
    public static ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> Given(TaskRequest request, ImmutableSortedDictionary<string, ImmutableArray<RuntimeArtifact>> outputs) =>
        outputs.ToImmutableSortedDictionary(
            pair => pair.Key,
            pair => pair.Value.Select((artifact, index) => artifact with { Id = Of(request, pair.Key, index) }).ToImmutableArray(),
            StringComparer.Ordinal);

    public static string Of(TaskRequest request, string key, int index) =>
        Digest.Of(string.Create(CultureInfo.InvariantCulture, $"{request.Run.Uuid}\0{request.Task.Id}\0{key}\0{index}")).Hex[..20];
}
