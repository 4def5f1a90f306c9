using System.Collections.Immutable;
using MlOps.Core.Drawing;

namespace MlOps.Steps.Lineage;

/// <summary>The way back as a picture: from the runs and the data down to what was asked about.</summary>
public static class LineagePicture
{
    private const int MostParameters = 4;

    public static GraphPicture Of(WayBack way)
    {
        var nodes = new List<(string Key, PictureNode Node)>();
        nodes.AddRange(way.Runs.Values.Select(run => ($"run {run.Id}", new PictureNode($"run {run.Id}", Facts(run)))));
        var executions = way.Executions.Values.OrderBy(execution => execution.Name, StringComparer.Ordinal).ToArray();
        nodes.AddRange(executions.Select(execution => (execution.Name, new PictureNode(execution.Task, Facts(execution)))));
        nodes.AddRange(way.Artifacts.Values.OrderBy(artifact => artifact.Name, StringComparer.Ordinal)
            .Select(artifact => (artifact.Name, new PictureNode(artifact.Title, [artifact.Type, artifact.Uri], way.Starts.Contains(artifact.Name)))));
        var index = nodes.Select((node, at) => (node.Key, at)).ToDictionary(pair => pair.Key, pair => pair.at, StringComparer.Ordinal);
        var edges = Edges(way, executions).Where(edge => index.ContainsKey(edge.From) && index.ContainsKey(edge.To)).Select(edge => new PictureEdge(index[edge.From], index[edge.To]));
        return new GraphPicture(
            way.Asked is { } run ? $"Lineage of run {run}" : $"Lineage of {string.Join(", ", way.Starts.Select(name => way.Artifacts[name].Title))}",
            [.. nodes.Select(node => node.Node)],
            WithoutCycles(nodes.Count, [.. edges.Distinct()]));
    }

    private static IEnumerable<(string From, string To)> Edges(WayBack way, LineageExecution[] executions)
    {
        var runOf = way.Artifacts.Values.Where(artifact => artifact.Maker is not null && way.Executions.ContainsKey(artifact.Maker)).ToDictionary(artifact => artifact.Name, artifact => way.Executions[artifact.Maker!].Run, StringComparer.Ordinal);
        foreach (var execution in executions)
        {
            // A run points at the tasks that nothing else of it leads to.
            if (!execution.Inputs.Any(input => runOf.GetValueOrDefault(input) == execution.Run))
            {
                yield return ($"run {execution.Run}", execution.Name);
            }

            foreach (var input in execution.Inputs)
            {
                yield return (input, execution.Name);
            }
        }

        foreach (var artifact in way.Artifacts.Values.OrderBy(artifact => artifact.Name, StringComparer.Ordinal))
        {
            yield return (artifact.Maker ?? "", artifact.Name);
            if (way.Asked is { } asked && way.Starts.Contains(artifact.Name) && artifact.ReusedBy.Any(reuse => reuse.Run == asked))
            {
                yield return ($"run {asked}", artifact.Name);
            }
        }
    }

    /// <summary>Events are what somebody said; those that would lead around in a circle are not drawn.</summary>
    private static ImmutableArray<PictureEdge> WithoutCycles(int nodes, PictureEdge[] edges)
    {
        var kept = ImmutableArray.CreateBuilder<PictureEdge>();
        var next = Enumerable.Range(0, nodes).Select(_ => new List<int>()).ToArray();
        foreach (var edge in edges)
        {
            if (!Leads(next, edge.To, edge.From))
            {
                next[edge.From].Add(edge.To);
                kept.Add(edge);
            }
        }

        return kept.ToImmutable();
    }

    private static bool Leads(List<int>[] next, int from, int to)
    {
        var seen = new HashSet<int>();
        var open = new Stack<int>([from]);
        while (open.TryPop(out var node))
        {
            if (node == to)
            {
                return true;
            }

            if (seen.Add(node))
            {
                next[node].ForEach(open.Push);
            }
        }

        return false;
    }

    private static ImmutableArray<string> Facts(LineageRun run) =>
    [
        .. new[] { ("pipeline", run.Pipeline), ("commit", run.Commit), ("repo", run.Repo), ("release", run.Release), ("environment", run.Environment) }
            .Where(fact => fact.Item2 is not null).Select(fact => $"{fact.Item1} {fact.Item2}"),
    ];

    private static ImmutableArray<string> Facts(LineageExecution execution) =>
    [
        .. execution.Image is { } image ? [image.ToString()] : Array.Empty<string>(),
        .. execution.Parameters.Take(MostParameters).Select(pair => $"{pair.Key} = {pair.Value?.ToJsonString() ?? "null"}"),
        .. execution.Parameters.Count > MostParameters ? [$"and {execution.Parameters.Count - MostParameters} more"] : Array.Empty<string>(),
    ];
}
