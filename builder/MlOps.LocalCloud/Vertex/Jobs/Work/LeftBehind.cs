using System.Collections.Immutable;
using MlOps.Core.Problems;

namespace MlOps.LocalCloud.Vertex.Jobs.Work;

/// <summary>The labels by which a job's containers are found again.</summary>
internal static class WorkLabels
{
    public const string Cloud = "mlops.cloud", Job = "mlops.vertex.job";
    private const string Trial = "mlops.vertex.trial", Replica = "mlops.vertex.replica";

    /// <param name="trial">Empty where the job has no trials.</param>
    /// <param name="replica">Such as <c>workerpool0-0</c>.</param>
    public static ImmutableDictionary<string, string> Of(string instance, string job, string trial, string replica) => ImmutableDictionary<string, string>.Empty
        .Add(Cloud, instance).Add(Job, job).Add(Trial, trial).Add(Replica, replica);

    /// <summary>Job, trial and replica of a container; null for one that is none of a job's.</summary>
    public static (string Job, string Trial, string Replica)? Key(IDictionary<string, string> labels) =>
        labels.TryGetValue(Job, out var job) && labels.TryGetValue(Trial, out var trial) && labels.TryGetValue(Replica, out var replica) ? (job, trial, replica) : null;
}

/// <summary>Containers of jobs that an earlier process of this cloud has left, by job, trial and replica.</summary>
internal sealed record LeftBehind(ImmutableDictionary<(string Job, string Trial, string Replica), string> Containers)
{
    public static readonly LeftBehind Nothing = new(ImmutableDictionary<(string, string, string), string>.Empty);

    public static async Task<LeftBehind> FindAsync(JobServices services, CancellationToken cancel)
    {
        try
        {
            var (engine, _) = await services.Access.GetAsync(cancel);
            var found = await engine.Containers.ListAsync(WorkLabels.Cloud, services.Options.Instance, cancel);
            return new LeftBehind(found.Select(container => (Key: WorkLabels.Key(container.Labels), container.ID)).Where(pair => pair.Key is not null).ToImmutableDictionary(pair => pair.Key!.Value, pair => pair.ID));
        }
        catch (MachineLacksException)
        {
            // No engine, no containers; the jobs say so themselves.
            return Nothing;
        }
    }

    /// <summary>The container's id; null where none was left.</summary>
    public string? Find(string job, string trial, string replica) => Containers.GetValueOrDefault((job, trial, replica));

    /// <summary>Removes a job's containers, those of one trial or of all.</summary>
    public async Task RemoveAsync(JobServices services, string job, string? trial = null)
    {
        foreach (var ((_, _, _), id) in Containers.Where(pair => pair.Key.Job == job && (trial is null || pair.Key.Trial == trial)))
        {
            var (engine, _) = await services.Access.GetAsync(CancellationToken.None);
            await engine.Containers.RemoveAsync(id, CancellationToken.None);
        }
    }
}
