using System.CommandLine;
using MlOps.Cli.Output;
using MlOps.Core.Problems;

namespace MlOps.Cli.Verbs.Triggers;

/// <summary><c>mlops triggers plan | apply</c>: triggers as the files say, against those that are there.</summary>
internal static class PlanTriggers
{
    private static readonly Option<bool> Adopt = new("--adopt") { Description = "Take over triggers of the same name that this repo has not made." };
    private static readonly Option<bool> Prune = new("--prune") { Description = "Remove this repo's triggers that are no longer in its files." };

    public static Command PlanCommand() =>
        new Command("plan", "Shows how the triggers that are there differ from what the files say; changes nothing.") { TriggerInput.File }.Does(PlanAsync);

    public static Command ApplyCommand() =>
        new Command("apply", "Makes the triggers as the files say. Triggers that this repo has not made are left alone.") { TriggerInput.File, Adopt, Prune }.Does(ApplyAsync);

    private static async Task<int> PlanAsync(VerbContext verb, CancellationToken cancel)
    {
        var targets = await TargetsAsync(verb, cancel);
        TriggerPlanReport.Write(verb.Report, targets, applied: false);
        return ExitCode.Done;
    }

    private static async Task<int> ApplyAsync(VerbContext verb, CancellationToken cancel)
    {
        var (adopt, prune) = (verb.Parsed.GetValue(Adopt), verb.Parsed.GetValue(Prune));
        var targets = await TargetsAsync(verb, cancel);
        var problems = targets.SelectMany(target => target.Conflicts(adopt)).ToArray();
        if (problems.Length > 0)
        {
            throw new InvalidInputException(problems);
        }

        foreach (var target in targets)
        {
            await target.ApplyAsync(adopt, prune, verb.Time, cancel);
        }

        TriggerPlanReport.Write(verb.Report, targets, applied: true, adopt, prune);
        return ExitCode.Done;
    }

    private static async Task<IReadOnlyList<TriggerTarget>> TargetsAsync(VerbContext verb, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var targets = TriggerTarget.Of(verb, problems);
        if (problems.Any(problem => verb.Report.Strict || problem.Severity == Severity.Error))
        {
            throw new InvalidInputException(problems.Distinct());
        }

        verb.Report.WriteProblems([.. problems.Distinct()]);
        var planned = new List<TriggerTarget>();
        foreach (var target in targets)
        {
            planned.Add(await target.PlanAsync(verb.Time, cancel));
        }

        return planned;
    }
}
