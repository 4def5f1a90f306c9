using System.Collections.Immutable;
using System.Globalization;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Spec;

/// <summary>Reads <c>PipelineTaskSpec</c>.</summary>
internal static class TaskReader
{
    public static PipelineTask Task(string key, SpecNode node)
    {
        var inputs = node.Map("inputs");
        var parameters = (inputs?.Maps("parameters") ?? []).ToImmutableSortedDictionary(pair => pair.Key, pair => Parameter(pair.Node), StringComparer.Ordinal);
        var artifacts = (inputs?.Maps("artifacts") ?? []).ToImmutableSortedDictionary(pair => pair.Key, pair => Artifact(pair.Node), StringComparer.Ordinal);
        var component = node.Map("componentRef")?.Text("name");
        if (string.IsNullOrEmpty(component))
        {
            node.Fault("'componentRef.name' is missing");
        }

        var producers = parameters.Values.Select(Producer).Concat(artifacts.Values.Select(source => (source as ArtifactSource.FromTask)?.Producer)).OfType<string>();
        return new PipelineTask(
            key,
            node.Map("taskInfo")?.Text("name") is { Length: > 0 } name ? name : key,
            component ?? "",
            parameters,
            artifacts,
            [.. node.Texts("dependentTasks").Concat(producers).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Trigger(node.Map("triggerPolicy")),
            Caching(node.Map("cachingOptions")),
            node.Map("retryPolicy") is { } retry ? Retry(retry) : RetryPolicy.None,
            Iterator(node));
    }

    private static string? Producer(ParameterSource source) => source switch
    {
        ParameterSource.FromTask task => task.Producer,
        ParameterSource.FinalStatus status => status.Producer,
        _ => null,
    };

    private static ParameterSource Parameter(SpecNode node)
    {
        var selector = node.Text("parameterExpressionSelector");
        if (node.Map("taskOutputParameter") is { } output)
        {
            return new ParameterSource.FromTask(output.Text("producerTask") ?? "", output.Text("outputParameterKey") ?? "", selector);
        }

        if (node.Map("taskFinalStatus") is { } status)
        {
            return new ParameterSource.FinalStatus(status.Text("producerTask") ?? "", selector);
        }

        if (node.Text("componentInputParameter") is { } input)
        {
            return new ParameterSource.FromInput(input, selector);
        }

        if (node.Map("runtimeValue") is { } value)
        {
            return value.Text("runtimeParameter") is { } parameter
                ? new ParameterSource.FromInput(parameter, selector)
                : new ParameterSource.Constant(value.Constant() ?? Json.Parse("null"), selector);
        }

        node.Fault("expected 'componentInputParameter', 'taskOutputParameter', 'runtimeValue' or 'taskFinalStatus'");
        return new ParameterSource.Constant(Json.Parse("null"), selector);
    }

    private static ArtifactSource Artifact(SpecNode node)
    {
        if (node.Map("taskOutputArtifact") is { } output)
        {
            return new ArtifactSource.FromTask(output.Text("producerTask") ?? "", output.Text("outputArtifactKey") ?? "");
        }

        if (node.Text("componentInputArtifact") is not { } input)
        {
            node.Fault("expected 'componentInputArtifact' or 'taskOutputArtifact'");
            return new ArtifactSource.FromInput("");
        }

        return new ArtifactSource.FromInput(input);
    }

    private static TriggerPolicy Trigger(SpecNode? node)
    {
        var strategy = node?.Text("strategy");
        if (strategy is not (null or "" or "TRIGGER_STRATEGY_UNSPECIFIED" or "ALL_UPSTREAM_TASKS_SUCCEEDED" or "ALL_UPSTREAM_TASKS_COMPLETED"))
        {
            node!.Fault($"the trigger strategy '{strategy}' is not known");
        }

        return new TriggerPolicy(node?.Text("condition") is { Length: > 0 } condition ? condition : null, strategy == "ALL_UPSTREAM_TASKS_COMPLETED");
    }

    private static CachingOptions Caching(SpecNode? node) => new(node?.Flag("enableCache") ?? false, node?.Text("cacheKey") is { Length: > 0 } key ? key : null);

    private static RetryPolicy Retry(SpecNode node) => new(
        node.Whole("maxRetryCount"),
        Duration(node, "backoffDuration") ?? RetryPolicy.None.Backoff,
        node.Number("backoffFactor") is { } factor and > 0 ? factor : RetryPolicy.None.Factor,
        Duration(node, "backoffMaxDuration") is { Ticks: > 0 } most ? most : RetryPolicy.None.MaxBackoff);

    private static TimeSpan? Duration(SpecNode node, string key)
    {
        if (node.Text(key) is not { } text)
        {
            return null;
        }

        if (text.EndsWith('s') && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e9)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        node.Fault($"'{key}' must be a duration in seconds, such as \"60s\"");
        return null;
    }

    private static TaskIterator? Iterator(SpecNode node)
    {
        var parallelism = node.Map("iteratorPolicy")?.Whole("parallelismLimit") ?? 0;
        if (node.Map("parameterIterator") is { } parameters)
        {
            var items = parameters.Map("items");
            return new TaskIterator(OverArtifacts: false, items?.Text("raw"), items?.Text("inputParameter"), parameters.Text("itemInput") ?? "", parallelism);
        }

        return node.Map("artifactIterator") is { } artifacts
            ? new TaskIterator(OverArtifacts: true, Raw: null, artifacts.Map("items")?.Text("inputArtifact"), artifacts.Text("itemInput") ?? "", parallelism)
            : null;
    }
}
