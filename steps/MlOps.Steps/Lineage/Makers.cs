using System.Collections.Immutable;
using Google.Cloud.AIPlatform.V1;
using EventType = Google.Cloud.AIPlatform.V1.Event.Types.Type;

namespace MlOps.Steps.Lineage;

/// <summary>Which of the executions that have an artifact for an output really made it.</summary>
/// <param name="Maker">Null where none is on record.</param>
/// <param name="CachedBy">Those that took it from the cache.</param>
internal sealed record Makers(Execution? Maker, ImmutableArray<Execution> CachedBy)
{
    // Groups of tasks have their tasks' outputs for their own.
    private static readonly string[] Groups = ["system.DagExecution", "system.Run"];

    public static bool IsGroup(Execution execution) => Groups.Contains(execution.SchemaTitle);

    public static Makers Of(string artifact, LineageSubgraph around)
    {
        var byName = around.Executions.ToDictionary(execution => execution.Name, StringComparer.Ordinal);
        var all = around.Events
            .Where(happened => happened.Artifact == artifact && happened.Type == EventType.Output && byName.ContainsKey(happened.Execution))
            .Select(happened => byName[happened.Execution])
            .DistinctBy(execution => execution.Name)
            .OrderBy(execution => execution.CreateTime?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue)
            .ThenBy(execution => execution.Name, StringComparer.Ordinal)
            .ToArray();
        var tasks = all.Where(execution => !IsGroup(execution)).ToArray();
        var candidates = tasks.Length > 0 ? tasks : all;
        return new Makers(
            Array.Find(candidates, execution => execution.State != Execution.Types.State.Cached),
            [.. candidates.Where(execution => execution.State == Execution.Types.State.Cached)]);
    }
}
