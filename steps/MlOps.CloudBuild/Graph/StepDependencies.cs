using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Graph;

/// <summary>What each step of a build waits for (cloudbuild.proto, <c>BuildStep.wait_for</c>).</summary>
public static class StepDependencies
{
    /// <summary>The <c>waitFor</c> that starts a step at once; beside ids it says nothing.</summary>
    public const string AtOnce = "-";

    /// <returns>
    /// For each step the indices, ascending, of the earlier steps that it waits for: all of them without <c>waitFor</c>, none for
    /// <c>['-']</c>. Ids that no earlier step has are left out; the checks report them.
    /// </returns>
    public static ImmutableArray<ImmutableArray<int>> Of(Build build)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var dependencies = ImmutableArray.CreateBuilder<ImmutableArray<int>>(build.Steps.Count);
        for (var index = 0; index < build.Steps.Count; index++)
        {
            var step = build.Steps[index];
            dependencies.Add(step.WaitFor.Count == 0
                ? [.. Enumerable.Range(0, index)]
                : [.. step.WaitFor.Where(known.ContainsKey).Select(id => known[id]).Distinct().Order()]);
            if (step.Id.Length > 0)
            {
                known.TryAdd(step.Id, index);
            }
        }

        return dependencies.MoveToImmutable();
    }
}
