using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Yaml;

namespace MlOps.Pipelines.Definitions;

/// <summary>Reads how a task is run: environment, retries, resources, caching.</summary>
internal sealed class SettingsReader(ICollection<Problem> problems)
{
    public TaskSettings Read(string id, YamlMap map)
    {
        var (enableCache, cacheKey) = Caching(map);
        return new TaskSettings
        {
            DisplayName = map.Text("displayName", $"The display name of '{id}'", problems),
            Environment = Environment(map),
            Retry = map.Given("retry")?.AsMap("'retry'", problems) is { } retry ? Retry(retry) : null,
            Resources = map.Given("resources")?.AsMap("'resources'", problems) is { } resources ? Resources(resources) : null,
            EnableCache = enableCache,
            CacheKey = cacheKey,
            IgnoreUpstreamFailure = map.Flag("ignoreUpstreamFailure", "'ignoreUpstreamFailure'", problems),
            ContainerSettingsSpot = (map.Entry("env") ?? map.Entry("resources"))?.Key.Spot,
        };
    }

    private ImmutableArray<EnvironmentVariable> Environment(YamlMap map)
    {
        var variables = ImmutableArray.CreateBuilder<EnvironmentVariable>();
        foreach (var entry in map.Given("env")?.AsMap("'env'", problems)?.Entries ?? [])
        {
            if (entry.Value.AsText($"The environment variable {entry.Key.Text}", problems) is not { } value)
            {
                continue;
            }

            if (value.Contains("${{", StringComparison.Ordinal))
            {
                problems.Add(Problem.Error("expression-in-env", $"The environment variable {entry.Key.Text} cannot hold an expression: KFP's IR fills in nothing there. Pass the value as an argument.", entry.Value.Spot));
            }

            variables.Add(new EnvironmentVariable(entry.Key.Text, value));
        }

        return variables.ToImmutable();
    }

    private (bool Enable, string? Key) Caching(YamlMap map)
    {
        switch (map.Given("caching"))
        {
            case null:
                return (true, null);
            case YamlScalar { Value: bool enable }:
                return (enable, null);
            case YamlMap keyed:
                keyed.OnlyKeys("'caching'", problems, "key");
                var key = keyed.Text("key", "The cache key", problems);
                if (keyed.Given("key") is null || key is "")
                {
                    problems.Add(Problem.Error("missing-key", "'caching' as a map needs 'key', which is not empty.", keyed.Spot));
                }

                return (true, key);
            case var node:
                problems.Add(Problem.Error("wrong-kind", $"'caching' is true, false, or {{key: …}}; this is {node.Kind}.", node.Spot));
                return (true, null);
        }
    }

    private RetryPolicy Retry(YamlMap map)
    {
        map.OnlyKeys("'retry'", problems, "attempts", "backoff", "factor", "maxBackoff");
        if (map.Given("attempts") is null)
        {
            problems.Add(Problem.Error("missing-key", "'retry' needs 'attempts': how often the task is run again after it failed.", map.Spot));
        }

        return new RetryPolicy((int)Integer(map, "attempts", least: 0), Duration(map, "backoff", 0), Factor(map), Duration(map, "maxBackoff", 3600));
    }

    private long Integer(YamlMap map, string key, int least)
    {
        switch (map.Given(key))
        {
            case null:
                return least;
            case YamlScalar { Value: long number } when number >= least && number <= int.MaxValue:
                return number;
            case var node:
                problems.Add(Problem.Error("wrong-kind", $"'{key}' must be an integer of at least {least}; this is {(node as YamlScalar)?.Text ?? node.Kind}.", node.Spot));
                return least;
        }
    }

    private double Factor(YamlMap map)
    {
        switch (map.Given("factor"))
        {
            case null:
                return 2.0;
            case YamlScalar { Value: long and > 0 } whole:
                return (long)whole.Value!;
            case YamlScalar { Value: double number } when number > 0 && double.IsFinite(number):
                return number;
            case var node:
                problems.Add(Problem.Error("wrong-kind", $"'factor' must be a number above 0; this is {(node as YamlScalar)?.Text ?? node.Kind}.", node.Spot));
                return 2.0;
        }
    }

    private long Duration(YamlMap map, string key, long otherwise)
    {
        if (map.Given(key) is not { } node)
        {
            return otherwise;
        }

        if (node is YamlScalar { Value: string text } && DurationText.Seconds(text) is { } seconds)
        {
            return seconds;
        }

        problems.Add(Problem.Error("bad-duration", $"'{key}' must be a whole number and a unit (s, m, h, d, w), such as 30s or '1 hour'; this is {(node as YamlScalar)?.Text ?? node.Kind}.", node.Spot));
        return otherwise;
    }

    private TaskResources Resources(YamlMap map)
    {
        map.OnlyKeys("'resources'", problems, "cpu", "memory", "cpuRequest", "memoryRequest", "accelerator");
        return new TaskResources(
            Amount(map, "cpu", ResourceAmount.IsCpu),
            Amount(map, "memory", ResourceAmount.IsMemory),
            Amount(map, "cpuRequest", ResourceAmount.IsCpu),
            Amount(map, "memoryRequest", ResourceAmount.IsMemory),
            map.Given("accelerator")?.AsMap("'accelerator'", problems) is { } accelerator ? Accelerator(accelerator) : null);
    }

    private string? Amount(YamlMap map, string key, Func<string, bool> isRight)
    {
        if (map.Given(key) is not { } node)
        {
            return null;
        }

        if (node is YamlScalar scalar && isRight(scalar.Text))
        {
            return scalar.Text;
        }

        var wanted = key.StartsWith("cpu", StringComparison.Ordinal)
            ? "a number of processors, such as '4', '0.5' or '500m'"
            : "a whole number of bytes, or one with a unit (K, Ki, M, Mi, G, Gi, T, Ti, P, Pi, E, Ei), such as 16G or 512Mi";
        problems.Add(Problem.Error("bad-resource", $"'{key}' must be {wanted}; this is {(node as YamlScalar)?.Text ?? node.Kind}.", node.Spot));
        return null;
    }

    private Accelerator? Accelerator(YamlMap map)
    {
        map.OnlyKeys("'accelerator'", problems, "type", "count");
        if (map.Given("type") is null)
        {
            problems.Add(Problem.Error("missing-key", "'accelerator' needs 'type', such as NVIDIA_TESLA_T4.", map.Spot));
        }

        return map.Text("type", "The accelerator's type", problems) is { } type ? new Accelerator(type, (int)Integer(map, "count", least: 1)) : null;
    }
}
