using System.Collections.Immutable;
using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Images;

namespace MlOps.LocalCloud.Vertex.Jobs.Work;

/// <summary>One run of the containers of a CustomJobSpec: a custom job itself, or a trial of a tuning job.</summary>
/// <param name="Job">The job's full name.</param>
/// <param name="Trial">The trial's id, from 1; empty for a custom job.</param>
/// <param name="Arguments">Appended to the arguments of every replica: <c>--NAME=VALUE</c>.</param>
internal sealed record WorkRequest(string Job, string Trial, CustomJobSpec Spec, ImmutableArray<string> Arguments)
{
    /// <summary>Vertex AI's own default (custom_job.proto, <c>Scheduling.timeout</c>).</summary>
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromDays(7);

    public TimeSpan Timeout => Spec.Scheduling?.Timeout is { Seconds: > 0 } or { Nanos: > 0 } ? Spec.Scheduling.Timeout.ToTimeSpan() : DefaultTimeout;

    /// <summary>Below the folders of logs and of work in progress.</summary>
    public string Path => Trial.Length == 0 ? Job : $"{Job}/{Trial}";

    /// <summary>What is written once for a job goes into a folder per trial.</summary>
    public string? OutputFolder => Spec.BaseOutputDirectory?.OutputUriPrefix is { Length: > 0 } prefix ? prefix.TrimEnd('/') + (Trial.Length == 0 ? "" : $"/{Trial}") : null;

    public ImmutableArray<Replica> Replicas =>
    [
        .. Spec.WorkerPoolSpecs.Index().Where(pool => !IsSkipped(pool.Item)).SelectMany(pool => Enumerable.Range(0, (int)Math.Max(1, pool.Item.ReplicaCount)).Select(index => new Replica(pool.Index, index, pool.Item))),
    ];

    /// <summary>A pool may be left out by an empty value.</summary>
    public static bool IsSkipped(WorkerPoolSpec pool) => pool.TaskCase == WorkerPoolSpec.TaskOneofCase.None;

    /// <summary>Ten letters that are this run's own on the engine: replicas' names, which must be hosts' names.</summary>
    public string Unique(string instance) => Digest.Of($"{instance}\0{Path}").Hex[..10];
}

/// <summary>One container of a cluster.</summary>
internal sealed record Replica(int Pool, int Index, WorkerPoolSpec Spec)
{
    public string Name => $"workerpool{Pool}-{Index}";

    /// <summary>The one that reports for all: when it ends, the job ends.</summary>
    public bool IsPrimary => Pool == 0 && Index == 0;

    public string Image => Spec.TaskCase == WorkerPoolSpec.TaskOneofCase.PythonPackageSpec ? Spec.PythonPackageSpec.ExecutorImageUri : Spec.ContainerSpec.ImageUri;

    public IEnumerable<EnvVar> Environment => Spec.TaskCase == WorkerPoolSpec.TaskOneofCase.PythonPackageSpec ? Spec.PythonPackageSpec.Env : Spec.ContainerSpec.Env;
}
