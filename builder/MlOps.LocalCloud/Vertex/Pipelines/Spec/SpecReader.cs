using System.Collections.Immutable;
using System.Text.Json;
using MlOps.Core.Problems;

namespace MlOps.LocalCloud.Vertex.Pipelines.Spec;

/// <summary>Reads a PipelineSpec of schema 2.1 or 2.0, whoever compiled it, and checks that it can be run.</summary>
internal static class SpecReader
{
    /// <summary>The pipeline; null, with every problem added, where it cannot be run.</summary>
    public static PipelineSpec? Read(JsonElement json, ICollection<Problem> problems)
    {
        var found = new List<Problem>();
        var spec = json.ValueKind == JsonValueKind.Object ? Pipeline(new SpecNode(json, "pipelineSpec", found)) : null;
        if (json.ValueKind != JsonValueKind.Object)
        {
            found.Add(Problem.Error("bad-pipeline", "pipelineSpec must be a map: a compiled pipeline."));
        }

        if (spec is not null && found.Count == 0)
        {
            SpecCheck.Check(spec, found);
        }

        foreach (var problem in found)
        {
            problems.Add(problem);
        }

        return found.Count == 0 ? spec : null;
    }

    private static PipelineSpec? Pipeline(SpecNode node)
    {
        var name = node.Map("pipelineInfo")?.Text("name");
        if (string.IsNullOrEmpty(name))
        {
            node.Fault("'pipelineInfo.name' is missing");
        }

        if (node.Text("schemaVersion") is not { Length: > 0 } version || !version.StartsWith("2.", StringComparison.Ordinal))
        {
            node.Fault($"'schemaVersion' must be 2.0.0 or 2.1.0; compile the pipeline again with a current KFP SDK");
        }

        var root = node.Map("root");
        if (root is null)
        {
            node.Fault("'root' is missing");
            return null;
        }

        var components = node.Maps("components").ToImmutableDictionary(pair => pair.Key, pair => ComponentReader.Component(pair.Key, pair.Node), StringComparer.Ordinal);
        var executors = (node.Map("deploymentSpec")?.Maps("executors") ?? []).ToImmutableDictionary(pair => pair.Key, pair => ExecutorReader.Executor(pair.Node), StringComparer.Ordinal);
        return new PipelineSpec(name ?? "", node.Text("defaultPipelineRoot"), ComponentReader.Component("root", root), components, executors)
        {
            IsTfx = node.Text("sdkVersion")?.StartsWith("tfx-", StringComparison.Ordinal) ?? false,
            IsTyped = node.Text("schemaVersion")?.StartsWith("2.0", StringComparison.Ordinal) ?? false,
        };
    }
}
