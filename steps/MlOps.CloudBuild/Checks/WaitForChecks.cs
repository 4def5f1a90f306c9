using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Graph;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Checks;

/// <summary>Ids, and what waits for what (<c>BuildStep.wait_for</c>).</summary>
internal static class WaitForChecks
{
    public static void Check(Build build, Findings findings)
    {
        // '-' is taken: it is what starts a step at once.
        var earlier = new HashSet<string>(StringComparer.Ordinal) { StepDependencies.AtOnce };
        var waits = StepDependencies.Of(build);
        var after = new HashSet<int>[build.Steps.Count];
        for (var index = 0; index < build.Steps.Count; index++)
        {
            after[index] = [.. waits[index], .. waits[index].SelectMany(wait => after[wait])];
            Undefined(build, index, earlier, findings);
            Useless(build, index, waits[index], after, findings);
            var id = build.Steps[index].Id;
            if (id.Length > 0 && !earlier.Add(id))
            {
                findings.Error(CheckCodes.DuplicateId, id == StepDependencies.AtOnce
                    ? $"Step {index} has the id '-', which in 'waitFor' means to start at once; name it otherwise."
                    : $"Step {index} has the id '{id}' of an earlier step; ids must be unique.", $"steps[{index}].id");
            }
        }
    }

    private static void Undefined(Build build, int index, HashSet<string> earlier, Findings findings)
    {
        var waitFor = build.Steps[index].WaitFor;
        for (var at = 0; at < waitFor.Count; at++)
        {
            if (earlier.Contains(waitFor[at]))
            {
                continue;
            }

            var later = build.Steps.Skip(index).ToList().FindIndex(step => step.Id == waitFor[at]);
            var why = later switch
            {
                0 => " A step cannot wait for itself.",
                > 0 => $" Step {index + later} has that id, but a step can wait for earlier ones only: move that step up.",
                _ => Suggestion.For(waitFor[at], earlier.Where(id => id != StepDependencies.AtOnce)),
            };
            findings.Error(CheckCodes.WaitForUndefined, $"{StepNames.Of(build, index)} waits for '{waitFor[at]}', which no earlier step has as its id.{why}", $"steps[{index}].waitFor[{at}]");
        }
    }

    private static void Useless(Build build, int index, ImmutableArray<int> waits, HashSet<int>[] after, Findings findings)
    {
        var waitFor = build.Steps[index].WaitFor;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; at < waitFor.Count; at++)
        {
            var id = waitFor[at];
            var path = $"steps[{index}].waitFor[{at}]";
            if (!seen.Add(id))
            {
                findings.Warning(CheckCodes.WaitForUseless, $"'{id}' is listed twice; remove one.", path);
            }
            else if (id == StepDependencies.AtOnce && waitFor.Count > 1)
            {
                findings.Warning(CheckCodes.WaitForUseless, $"'-' beside other ids says nothing: {StepNames.Of(build, index)} does wait for them. Remove it, or the ids.", path);
            }
            else if (waits.Where(wait => build.Steps[wait].Id != id && after[wait].Any(earlier => build.Steps[earlier].Id == id)).Select(wait => build.Steps[wait].Id).FirstOrDefault() is { } around)
            {
                findings.Warning(CheckCodes.WaitForUseless, $"'{around}' already waits for '{id}'; remove '{id}' here.", path);
            }
        }
    }
}
