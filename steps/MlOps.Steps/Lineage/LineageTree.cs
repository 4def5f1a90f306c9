using System.Text.Json.Nodes;

namespace MlOps.Steps.Lineage;

/// <summary>The way back as a tree for people: artifacts over what made them, over what that was given; then the runs.</summary>
public static class LineageTree
{
    private const int LongestValue = 100;
    private const int MostReuses = 3;

    public static IEnumerable<string> Lines(WayBack way)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in way.Starts)
        {
            foreach (var line in Artifact(way, start, "", seen))
            {
                yield return line;
            }

            yield return "";
        }

        // A run without artifacts still has what it ran.
        foreach (var execution in way.Starts.IsEmpty ? way.Executions.Values.OrderBy(execution => execution.Task, StringComparer.Ordinal) : Enumerable.Empty<LineageExecution>())
        {
            foreach (var line in Execution(way, execution, "ran", seen))
            {
                yield return line;
            }

            yield return "";
        }

        foreach (var run in way.Runs.Values.OrderBy(run => run.Id != way.Asked))
        {
            yield return $"Run {run.Id}";
            foreach (var line in Aligned([.. Facts(run)]))
            {
                yield return $"  {line}";
            }

            yield return "";
        }

        foreach (var note in way.Notes)
        {
            yield return note;
        }
    }

    private static IEnumerable<string> Artifact(WayBack way, string name, string title, HashSet<string> seen)
    {
        var artifact = way.Artifacts[name];
        var head = $"{title}{artifact.Title} ({(artifact.Type.Length > 0 ? artifact.Type : "no type")})";
        if (!seen.Add(name))
        {
            return [$"{head}, see above"];
        }

        var details = new List<string> { artifact.Uri.Length > 0 ? artifact.Uri : "no URI", name };
        if (artifact.ReusedBy.Length > 0)
        {
            var last = artifact.ReusedBy.Select(reuse => RunOf(reuse.Run)).Distinct(StringComparer.Ordinal).Reverse().ToArray();
            details.Add($"taken from the cache by {string.Join(", ", last.Take(MostReuses))}{(last.Length > MostReuses ? $" and {last.Length - MostReuses} earlier ones" : "")}");
        }

        return artifact.Maker is null || !way.Executions.ContainsKey(artifact.Maker)
            ? [head, .. details.Select(detail => $"│  {detail}"), "└─ made by no execution that is on record"]
            : [head, .. details.Select(detail => $"│  {detail}"), .. Branch(Made(way, artifact.Maker, seen), isLast: true)];
    }

    private static IEnumerable<string> Made(WayBack way, string name, HashSet<string> seen) =>
        Execution(way, way.Executions[name], way.Executions[name].Type == "system.ImporterExecution" ? "imported by" : "made by", seen);

    private static IEnumerable<string> Execution(WayBack way, LineageExecution execution, string verb, HashSet<string> seen)
    {
        var state = execution.State is "COMPLETE" or "CACHED" ? "" : $" ({execution.State})";
        var isNew = seen.Add(execution.Name);
        yield return $"{verb} {execution.Task}{state} in {RunOf(execution.Run)}{(isNew ? "" : ", see above")}";
        if (!isNew)
        {
            yield break;
        }

        var inputs = execution.Inputs.Where(way.Artifacts.ContainsKey).ToArray();
        var bar = inputs.Length > 0 ? "│  " : "   ";
        foreach (var line in Aligned([.. Facts(execution)]))
        {
            yield return bar + line;
        }

        for (var at = 0; at < inputs.Length; at++)
        {
            foreach (var line in Branch(Artifact(way, inputs[at], "from ", seen), at == inputs.Length - 1))
            {
                yield return line;
            }
        }
    }

    private static string RunOf(string? run) => run is null ? "a run that is not on record" : $"run {run}";

    private static IEnumerable<(string Name, string Value)> Facts(LineageExecution execution)
    {
        if (execution.Image is { } image)
        {
            yield return ("image", image.ToString());
        }
        else if (execution.Type == "system.ContainerExecution")
        {
            yield return ("image", "not on record");
        }

        foreach (var (name, value) in execution.Parameters)
        {
            yield return (name, Shown(value));
        }
    }

    private static IEnumerable<(string Name, string Value)> Facts(LineageRun run)
    {
        yield return ("pipeline", run.Pipeline ?? "not on record");
        if (run.Template is { } template)
        {
            yield return ("template", run.TemplateVersion is { } version && !template.Contains(version, StringComparison.Ordinal) ? $"{template} ({version})" : template);
        }

        yield return ("commit", run.Commit is { } commit ? $"{commit}{(run.Repo is { } repo ? $" of {repo}" : "")}" : "not on record: the run has no label mlops-commit");
        foreach (var (name, value) in new[] { ("release", run.Release), ("environment", run.Environment), ("job", run.Job) })
        {
            if (value is not null)
            {
                yield return (name, value);
            }
        }
    }

    private static IEnumerable<string> Branch(IEnumerable<string> lines, bool isLast) =>
        lines.Select((line, at) => (at == 0 ? (isLast ? "└─ " : "├─ ") : isLast ? "   " : "│  ") + line);

    private static IEnumerable<string> Aligned((string Name, string Value)[] facts)
    {
        var width = facts.Select(fact => fact.Name.Length).DefaultIfEmpty(0).Max();
        return facts.Select(fact => $"{fact.Name.PadRight(width)}  {fact.Value}");
    }

    private static string Shown(JsonNode? value)
    {
        var text = value?.ToJsonString() ?? "null";
        return text.Length <= LongestValue ? text : text[..LongestValue] + "…";
    }
}
