using MlOps.Core.Cel;
using MlOps.Core.Problems;

namespace MlOps.LocalCloud.Vertex.Pipelines.Spec;

/// <summary>What must hold for a pipeline to be run at all: every reference leads somewhere, no task waits for itself, every expression can be read.</summary>
internal static class SpecCheck
{
    public static void Check(PipelineSpec spec, ICollection<Problem> problems)
    {
        if (spec.Root.Dag is null)
        {
            problems.Add(Fault("root", "expected a 'dag'"));
            return;
        }

        foreach (var component in spec.Components.Values.Append(spec.Root))
        {
            if (component.Dag is { } dag)
            {
                CheckDag(spec, component, dag, problems);
            }
            else if (!spec.Executors.ContainsKey(component.ExecutorLabel!))
            {
                problems.Add(Fault(component.Name, $"the executor '{component.ExecutorLabel}' is not in deploymentSpec.{Suggestion.For(component.ExecutorLabel!, spec.Executors.Keys)}"));
            }
        }

        if (problems.Count == 0 && Nesting(spec) is { } nesting)
        {
            problems.Add(Fault("components", $"a component is nested in itself: {string.Join(" -> ", nesting)}"));
        }
    }

    private static Problem Fault(string where, string message) => Problem.Error("bad-pipeline", $"{where}: {message}.");

    private static void CheckDag(PipelineSpec spec, Component component, Dag dag, ICollection<Problem> problems)
    {
        foreach (var task in dag.Tasks.Values)
        {
            foreach (var fault in TaskFaults(spec, component, dag, task))
            {
                problems.Add(Fault($"{component.Name}.{task.Key}", fault));
            }
        }

        var selectors = dag.Parameters.SelectMany(output => output.Value.Selectors).Concat(dag.Artifacts.SelectMany(output => output.Value.Selectors));
        foreach (var selector in selectors.Where(selector => !dag.Tasks.ContainsKey(selector.Producer)))
        {
            problems.Add(Fault(component.Name, $"an output comes from the task '{selector.Producer}', which is not there.{Suggestion.For(selector.Producer, dag.Tasks.Keys)}"));
        }

        if (Cycle(dag) is { } cycle)
        {
            problems.Add(Fault(component.Name, $"tasks wait for each other: {string.Join(" -> ", cycle)}"));
        }
    }

    private static IEnumerable<string> TaskFaults(PipelineSpec spec, Component component, Dag dag, PipelineTask task)
    {
        if (!spec.Components.ContainsKey(task.ComponentName))
        {
            yield return $"the component '{task.ComponentName}' is not there.{Suggestion.For(task.ComponentName, spec.Components.Keys)}";
        }

        foreach (var upstream in task.Upstream.Where(upstream => !dag.Tasks.ContainsKey(upstream)))
        {
            yield return $"it waits for the task '{upstream}', which is not there.{Suggestion.For(upstream, dag.Tasks.Keys)}";
        }

        foreach (var input in MissingInputs(component, task))
        {
            yield return $"it takes the input '{input}', which '{component.Name}' does not declare";
        }

        foreach (var expression in task.Parameters.Values.Select(source => source.Selector).Append(task.Trigger.Condition).OfType<string>())
        {
            if (CelParser.Fault(expression) is { } fault)
            {
                yield return $"the expression `{expression}` cannot be read: {fault}";
            }
        }

        if (task.Iterator is { } iterator && IteratorFault(task, iterator) is { } wrong)
        {
            yield return wrong;
        }
    }

    private static IEnumerable<string> MissingInputs(Component component, PipelineTask task) =>
        task.Parameters.Values.OfType<ParameterSource.FromInput>().Select(source => source.Input).Where(input => !component.InputParameters.ContainsKey(input))
            .Concat(task.Artifacts.Values.OfType<ArtifactSource.FromInput>().Select(source => source.Input).Where(input => !component.InputArtifacts.ContainsKey(input)));

    private static string? IteratorFault(PipelineTask task, TaskIterator iterator)
    {
        if (iterator.ItemInput.Length == 0 || (iterator.Raw is null && iterator.Input is null))
        {
            return "its iterator needs 'items' and 'itemInput'";
        }

        var there = iterator.OverArtifacts ? task.Artifacts.ContainsKey(iterator.Input ?? "") : iterator.Input is null || task.Parameters.ContainsKey(iterator.Input);
        return there ? null : $"it iterates over its input '{iterator.Input}', which it does not have";
    }

    private static List<string>? Cycle(Dag dag) => Cycle(dag.Tasks.Keys, key => dag.Tasks[key].Upstream);

    private static List<string>? Nesting(PipelineSpec spec) =>
        Cycle(spec.Components.Keys, name => spec.Components[name].Dag?.Tasks.Values.Select(task => task.ComponentName) ?? []);

    // A graph is walked in waves, so that a chain of thousands needs no deep stack.
    private static List<string>? Cycle(IEnumerable<string> names, Func<string, IEnumerable<string>> needs)
    {
        var waiting = names.ToHashSet(StringComparer.Ordinal);
        while (waiting.RemoveWhere(name => !needs(name).Any(waiting.Contains)) > 0)
        {
        }

        if (waiting.Count == 0)
        {
            return null;
        }

        // Whatever is left waits for something that is left: following that leads into a cycle.
        var path = new List<string> { waiting.Order(StringComparer.Ordinal).First() };
        while (path.IndexOf(path[^1]) == path.Count - 1)
        {
            path.Add(needs(path[^1]).First(waiting.Contains));
        }

        return path[path.IndexOf(path[^1])..];
    }
}
