using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Definitions;

/// <summary>How a task is run.</summary>
public sealed record TaskSettings
{
    public string? DisplayName { get; init; }

    /// <summary>Added to the component's own environment; the task's values win.</summary>
    public ImmutableArray<EnvironmentVariable> Environment { get; init; } = [];

    public RetryPolicy? Retry { get; init; }

    public TaskResources? Resources { get; init; }

    public bool EnableCache { get; init; } = true;

    public string? CacheKey { get; init; }

    /// <summary>Runs when its upstream tasks are done, even if they failed.</summary>
    public bool IgnoreUpstreamFailure { get; init; }

    /// <summary>Where settings stand that only containers have (<c>env</c>, <c>resources</c>); null where there are none.</summary>
    public SourceSpot? ContainerSettingsSpot { get; init; }
}

/// <param name="Attempts">Retries after the first run.</param>
/// <param name="BackoffSeconds">Before the first retry; each further one waits <paramref name="Factor"/> times longer.</param>
/// <param name="MaxBackoffSeconds">The most that is waited.</param>
public sealed record RetryPolicy(int Attempts, long BackoffSeconds = 0, double Factor = 2.0, long MaxBackoffSeconds = 3600);

/// <summary>In Kubernetes' notation: <c>500m</c> or <c>0.5</c> of a processor, <c>16G</c> or <c>512Mi</c> of memory.</summary>
public sealed record TaskResources(string? Cpu, string? Memory, string? CpuRequest, string? MemoryRequest, Accelerator? Accelerator);

public sealed record Accelerator(string Type, int Count);
