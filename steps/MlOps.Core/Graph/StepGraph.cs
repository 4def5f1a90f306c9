using System.Collections.Immutable;
using MlOps.Core.Problems;

namespace MlOps.Core.Graph;

/// <summary>Steps and their dependencies, checked whole on construction: unique names, no missing step, no cycle.</summary>
public sealed class StepGraph<TContext>
{
    /// <exception cref="InvalidInputException">All faults of the graph at once.</exception>
    public StepGraph(IEnumerable<Step<TContext>> steps)
    {
        Steps = [.. steps];
        var problems = Check(Steps).ToList();
        if (problems.Count > 0)
        {
            throw new InvalidInputException(problems);
        }
    }

    /// <summary>In the order in which they were given.</summary>
    public ImmutableArray<Step<TContext>> Steps { get; }

    public Step<TContext> this[string name] => Steps.First(step => step.Name == name);

    /// <summary>What can run next: everything whose needs are all done and which is neither done nor running.</summary>
    public IEnumerable<Step<TContext>> Ready(IReadOnlySet<string> done, IReadOnlySet<string> started) =>
        Steps.Where(step => !started.Contains(step.Name) && step.Needs.All(done.Contains));

    private static IEnumerable<Problem> Check(ImmutableArray<Step<TContext>> steps)
    {
        var names = steps.Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var twice in steps.GroupBy(step => step.Name).Where(group => group.Count() > 1))
        {
            yield return Problem.Error("duplicate-step", $"Step '{twice.Key}' is defined {twice.Count()} times.");
        }

        foreach (var step in steps)
        {
            foreach (var need in step.Needs.Where(need => !names.Contains(need)))
            {
                yield return Problem.Error("missing-step", $"Step '{step.Name}' needs '{need}', which is not there.{Suggestion.For(need, names)}");
            }
        }

        if (Cycle(steps) is { } cycle)
        {
            yield return Problem.Error("step-cycle", $"Steps wait for each other: {string.Join(" -> ", cycle)}.");
        }
    }

    private static List<string>? Cycle(ImmutableArray<Step<TContext>> steps)
    {
        var needs = steps.GroupBy(step => step.Name).ToDictionary(group => group.Key, group => group.First().Needs, StringComparer.Ordinal);
        var finished = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        return needs.Keys.Select(Visit).FirstOrDefault(found => found is not null);

        List<string>? Visit(string name)
        {
            if (path.IndexOf(name) is var at and >= 0)
            {
                return [.. path[at..], name];
            }

            if (!needs.TryGetValue(name, out var next) || !finished.Add(name))
            {
                return null;
            }

            path.Add(name);
            var found = next.Select(Visit).FirstOrDefault(cycle => cycle is not null);
            path.RemoveAt(path.Count - 1);
            return found;
        }
    }
}
