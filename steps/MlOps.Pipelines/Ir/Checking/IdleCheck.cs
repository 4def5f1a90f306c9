using System.Text.Json.Nodes;
using MlOps.Core.Cel;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>
/// Tasks of one DAG that can never run: their condition never holds, it goes against that of a task that they wait for, or they
/// wait for a task that never runs. A task runs only if all that it waits for have run, unless it waits for their end alone
/// (<c>ALL_UPSTREAM_TASKS_COMPLETED</c>).
/// </summary>
internal sealed class IdleCheck(CheckedComponent dag, Report report)
{
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);

    public void Run()
    {
        var tasks = dag.Tasks.Maps().ToDictionary(task => task.Key, task => task.Value, StringComparer.Ordinal);
        var needs = tasks.ToDictionary(task => task.Key, task => DagSources.Upstream(task.Value).Where(tasks.ContainsKey).Distinct(StringComparer.Ordinal).ToList(), StringComparer.Ordinal);
        if (Cycle.Of(needs) is not null)
        {
            return;
        }

        // In waves: each task after those that it waits for.
        var left = tasks.Keys.ToList();
        while (left.Count > 0)
        {
            var ready = left.Where(name => needs[name].TrueForAll(_known.ContainsKey)).ToArray();
            foreach (var name in ready)
            {
                _known[name] = Judge(name, tasks[name], needs[name]);
            }

            left.RemoveAll(_known.ContainsKey);
        }
    }

    private Known Judge(string name, JsonObject task, List<string> needs)
    {
        var at = dag.Path["dag"]["tasks"][name];
        CheckLoop(name, task, at);
        var trigger = task.Map("triggerPolicy");
        var own = Conditions(task, trigger.Text("condition"));
        var waited = trigger.Text("strategy") == "ALL_UPSTREAM_TASKS_COMPLETED" ? [] : needs;
        if (waited.Find(upstream => _known[upstream].IsIdle) is { } idle)
        {
            report.Warning("never-runs", $"The task '{name}' of {dag.Name} can never run: it waits for '{idle}', which never does.", at);
            return new Known(true, []);
        }

        if (own.Contains("false"))
        {
            report.Warning("never-runs", $"The task '{name}' of {dag.Name} can never run: its condition is never true.", at["triggerPolicy"]);
            return new Known(true, []);
        }

        var all = waited.SelectMany(upstream => _known[upstream].Conditions).Concat(own).ToHashSet(StringComparer.Ordinal);
        if (all.FirstOrDefault(one => all.Contains($"!({one})")) is { } both)
        {
            report.Warning("never-runs", $"The task '{name}' of {dag.Name} can never run: it waits for one task that runs if {both} and for another that runs if not.", at);
            return new Known(true, []);
        }

        return new Known(false, all);
    }

    private void CheckLoop(string name, JsonObject task, JsonPath at)
    {
        if (task.Map("parameterIterator").Map("items").Text("raw")?.Replace(" ", "", StringComparison.Ordinal) == "[]")
        {
            report.Warning("empty-loop", $"The loop '{name}' of {dag.Name} goes over an empty list: nothing in it ever runs.", at["parameterIterator"]);
        }
    }

    /// <summary>What must hold for the task to run, each as a text in which inputs are named by where they come from; <c>false</c> for what cannot hold.</summary>
    private static HashSet<string> Conditions(JsonObject task, string? condition)
    {
        if (condition is null || CelParser.Fault(condition) is not null)
        {
            return [];
        }

        return [.. CelWalk.Conjuncts(CelParser.Parse(condition)).Select(part => IsNeverTrue(part) ? "false" : CelWalk.Text(part, one => Source(task, one)))];
    }

    private static bool IsNeverTrue(CelExpression part)
    {
        if (CelWalk.All(part).Any(inner => inner is CelExpression.Name))
        {
            return false;
        }

        try
        {
            return CelEvaluator.Evaluate(part, new Dictionary<string, object?>(StringComparer.Ordinal)) is false;
        }
        catch (CelException)
        {
            return false;
        }
    }

    private static string? Source(JsonObject task, CelExpression part)
    {
        if (part is not CelExpression.Index { Key: CelExpression.Literal { Value: string input }, Of: CelExpression.Field { Of: CelExpression.Name { Text: "inputs" } } })
        {
            return null;
        }

        var source = task.Map("inputs").Map("parameters").Map(input);
        var output = source.Map("taskOutputParameter");
        return source.Text("parameterExpressionSelector") is { } selector ? $"{input}.{selector}"
            : output is not null ? $"{output.Text("producerTask")}.{output.Text("outputParameterKey")}"
            : source.Text("componentInputParameter") ?? input;
    }

    /// <param name="IsIdle">It can never run.</param>
    /// <param name="Conditions">What holds once it has run.</param>
    private sealed record Known(bool IsIdle, HashSet<string> Conditions);
}
